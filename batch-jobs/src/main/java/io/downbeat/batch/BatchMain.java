package io.downbeat.batch;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * Runs one job and ends. Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the audit found drift,
 * 4 another job runs, 5 the stream has not come far enough yet: nothing is changed.
 */
@Command(
    name = "batch",
    mixinStandardHelpOptions = true,
    description = "Compute what needs history, now. One job runs at a time.",
    synopsisSubcommandLabel = "JOB",
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  ./downbeat batch --list",
      "  ./downbeat batch nightly",
      "  ./downbeat batch close-days --as-of 2026-01-31",
      "  ./downbeat batch backfill",
      "  ./downbeat batch audit-counts",
      "  ./downbeat batch train-recommendations",
      "  ./downbeat batch train-recommendations --as-of 2026-01-31",
      "  ./downbeat batch snapshots",
      "  ./downbeat batch maintain-lake",
    })
public final class BatchMain implements Runnable {
  public static final int NOT_YET = 5;
  private static final int ANOTHER_RUNS = 4;

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Option(names = "--list", description = "Every job with what it does, one line each.")
  private boolean list;

  private BatchMain() {}

  public static void main(String[] args) {
    System.exit(run(BatchConfig.from(ConfigFactory.load()), args));
  }

  /** The exit code. */
  public static int run(BatchConfig config, String... args) {
    CommandLine commandLine = new CommandLine(new BatchMain()).setUsageHelpAutoWidth(true);
    BatchJobs.all(config).forEach(commandLine::addSubcommand);
    return commandLine
        .setExecutionExceptionHandler(
            (e, command, result) -> {
              LoggerFactory.getLogger(BatchMain.class)
                  .error("{} failed: {}", command.getCommandName(), e.getMessage(), e);
              return 1;
            })
        .setExecutionStrategy(result -> alone(config.lockFile(), result))
        .execute(args);
  }

  @Override
  public void run() {
    if (!list) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "Missing job. ./downbeat batch --list names them.");
    }
    spec.subcommands()
        .forEach(
            (name, job) ->
                spec.commandLine()
                    .getOut()
                    .printf(
                        "%-26s %s%n", name, job.getCommandSpec().usageMessage().description()[0]));
  }

  private static int alone(Path lockFile, ParseResult result) {
    if (!result.hasSubcommand() || result.subcommand().isUsageHelpRequested()) {
      return new CommandLine.RunLast().execute(result);
    }
    try {
      Files.createDirectories(lockFile.getParent());
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock == null) {
          System.err.println(
              "Another job is running (it holds " + lockFile + "): try again later.");
          return ANOTHER_RUNS;
        }
        return new CommandLine.RunLast().execute(result);
      }
    } catch (IOException e) {
      System.err.println("Cannot lock " + lockFile + ": " + e);
      return 1;
    }
  }
}
