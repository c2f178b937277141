package io.downbeat.local.run;

import io.downbeat.local.run.imports.ImportCommand;
import io.downbeat.local.run.rejected.RejectedCommand;
import io.downbeat.local.run.simulate.SimulateCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The {@code ./downbeat} command. Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 (of status)
 * not running.
 */
@Command(
    name = "downbeat",
    mixinStandardHelpOptions = true,
    version = "downbeat 0.1.0",
    description = "Downbeat on this machine: real servers and apps, one command.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpCommand.class,
      SuperviseCommand.class,
      DownCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      UpgradeCommand.class,
      RebuildCommand.class,
      ImportCommand.class,
      SimulateCommand.class,
      BatchCommand.class,
      BenchCommand.class,
      LogsCommand.class,
      SchemasCommand.class,
      RejectedCommand.class,
      RotateSoundKeyCommand.class,
      ResetCommand.class,
      CommandLine.HelpCommand.class,
    },
    footer = {
      "",
      "Examples:",
      "  ./downbeat up                 start everything here; Ctrl-C stops it",
      "  ./downbeat up --demo          with invented listeners who listen while you watch",
      "  ./downbeat up --detach        start everything in the background",
      "  ./downbeat status             what runs, since when, with how much memory",
      "  ./downbeat COMMAND --help     what a command takes, with examples",
    })
public final class Downbeat implements Runnable {
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  private Downbeat() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Downbeat())
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Downbeat::explain);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Missing command. ./downbeat up starts everything.");
  }

  /** What went wrong in one sentence; the stack only where the sentence is missing. */
  private static int explain(Exception e, CommandLine command, CommandLine.ParseResult result) {
    String message = e.getMessage();
    if (message == null) {
      e.printStackTrace(command.getErr());
    } else {
      command.getErr().println(message);
    }
    return 1;
  }
}
