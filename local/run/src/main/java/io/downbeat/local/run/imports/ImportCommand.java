package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.ApiOptions;
import io.downbeat.local.run.api.CannotSend;
import io.downbeat.local.run.api.Kind;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ./downbeat import}: real input through the public API. Exit code 0: all files are
 * imported, whatever rows were refused; 1: it stopped, and goes on when it is called again; 2:
 * wrong usage.
 */
@Command(
    name = "import",
    description = "Imports files of plays, of a catalogue or of music through the HTTP API.",
    subcommands = {ImportCommand.Catalog.class, ImportCommand.Plays.class, AudioCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./downbeat import catalog catalogue.tsv.gz",
      "  ./downbeat import plays plays.tsv.gz",
      "  ./downbeat import audio ~/Music",
      "",
      "`./downbeat import catalog --help` and `import plays --help` say which files are understood."
    })
public final class ImportCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  private boolean help;

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    throw new ParameterException(self.commandLine(), "Say what to import: catalog, plays or audio");
  }

  @Command(
      name = "catalog",
      description = "Imports artists, albums and tracks.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  ./downbeat import catalog catalogue.tsv.gz",
        "  ./downbeat import catalog plays.tsv.gz    (the tracks that a radio's plays name)",
        "  zcat export.ndjson.gz | ./downbeat import catalog -",
        "",
        "Imported twice, a catalogue is the same. Files that are understood; columns in any order, those in brackets optional:"
      })
  static final class Catalog implements Callable<Integer> {
    @Mixin private final Options options = new Options();

    @Override
    public Integer call() throws InterruptedException {
      return options.run(Kind.CATALOG);
    }
  }

  @Command(
      name = "plays",
      description = "Imports plays. Their tracks need not be in the catalogue yet.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  ./downbeat import plays plays.tsv.gz",
        "  ./downbeat import plays --zone Europe/Lisbon plays.csv",
        "  ./downbeat import plays --dry-run plays.ndjson",
        "",
        "Plays of days that the stream no longer counts (older than downbeat.open-window-days) are counted by the job backfill, which the import",
        "runs at its end. Imported twice, plays count once. Files that are understood; columns in any order, those in brackets optional:"
      })
  static final class Plays implements Callable<Integer> {
    @Mixin private final Options options = new Options();

    @Option(
        names = "--no-wait",
        description =
            "Ends when all plays are in the log, also those that have to be counted by the job backfill.")
    private boolean noWait;

    @Override
    public Integer call() throws InterruptedException {
      int code = options.run(Kind.PLAYS);
      return code == 0 ? options.countOld(noWait) : code;
    }
  }

  /** What both kinds of import have in common. */
  static final class Options {
    private static final int MOST_REFUSED_SHOWN = 20;

    @Parameters(
        arity = "1..*",
        paramLabel = "FILE",
        description =
            "TSV, CSV or NDJSON, plain or gzip, recognised by the header; - is standard input.")
    private List<String> files = new ArrayList<>();

    @Mixin private final ApiOptions connection = new ApiOptions();

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        description =
            "Time zone of local times, like Europe/Lisbon. Needed where times have no offset; the radio shape is Australia/Sydney unless"
                + " this says otherwise.")
    private @Nullable ZoneId zone;

    @Option(names = "--dry-run", description = "Reads and checks the files, and sends nothing.")
    private boolean dryRun;

    @Option(
        names = "--restart",
        description = "Begins anew where an earlier import was interrupted.")
    private boolean restart;

    @Option(
        names = "--in-flight",
        paramLabel = "N",
        defaultValue = "4",
        description =
            "Batches of plays on their way at a time, 1 to 64. Default: ${DEFAULT-VALUE}.")
    private int inFlight;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Shows this.")
    private boolean help;

    private @Nullable CommandSpec spec;
    private @Nullable Instant oldest;

    private final Home home = Home.ofLauncher();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    /** The help ends with the shapes that this kind of import understands. */
    @Spec(Spec.Target.MIXEE)
    void setSpec(CommandSpec command) {
      spec = command;
      Kind kind = Kind.valueOf(command.name().toUpperCase(Locale.ROOT));
      List<String> footer = new ArrayList<>(List.of(command.usageMessage().footer()));
      footer.addAll(Shape.list(kind));
      command.usageMessage().footer(footer.toArray(String[]::new));
    }

    int run(Kind kind) throws InterruptedException {
      checkUsage();
      try {
        ApiClient api = dryRun ? null : connection.connect(home);
        for (String file : files) {
          if (api == null) {
            readOnly(file, kind);
          } else {
            send(file, kind, api);
          }
        }
        return 0;
      } catch (IOException e) {
        err.println(
            e instanceof CannotImport || e instanceof CannotSend
                ? e.getMessage()
                : "Stopped: " + e);
        return 1;
      }
    }

    /** Counts the plays of closed days, or says what does. */
    int countOld(boolean noWait) throws InterruptedException {
      try {
        if (noWait || !connection.isLocal()) {
          int openDays = RunConfig.load(home.settings()).openWindowDays();
          if (OldPlays.areIn(oldest, openDays, Instant.now())) {
            out.println("Plays of closed days are counted by the next " + OldPlays.COMMAND);
          }
          return 0;
        }
        new OldPlays(home, RunConfig.load(home.settings()), err, Clock.systemUTC()).count(oldest);
        return 0;
      } catch (IOException e) {
        err.println(e instanceof CannotImport ? e.getMessage() : "Stopped: " + e);
        return 1;
      }
    }

    private void checkUsage() {
      CommandLine self = Objects.requireNonNull(spec).commandLine();
      if (inFlight < 1 || inFlight > 64) {
        throw new ParameterException(self, "--in-flight is " + inFlight + ": it is from 1 to 64");
      }
      connection.check(self);
    }

    private void send(String name, Kind kind, ApiClient api)
        throws IOException, InterruptedException {
      try (Input input = open(name);
          Rows rows = Formats.open(input, kind, zone);
          Journal journal =
              Journal.open(
                  home.data().resolve("imports"),
                  input.name(),
                  input.file(),
                  "%s %s %s".formatted(api.api(), kind, zone),
                  restart)) {
        Bookmark begun = journal.begun();
        err.printf(
            Locale.ROOT,
            "%s: %s%s%n",
            name,
            rows.format(),
            begun == null
                ? ""
                : String.format(Locale.ROOT, ", going on after line %,d", begun.line()));
        Progress progress = new Progress(err, terminal(), input.name(), input.size());
        Importer importer = new Importer(api, kind, inFlight, journal, progress);
        Thread interrupted =
            new Thread(() -> err.println(System.lineSeparator() + hint(input, importer)));
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
          Tally tally = importer.run(rows);
          out.printf(
              Locale.ROOT, "%s: %s, %.1f s%n", name, tally, progress.elapsed().toMillis() / 1000.0);
          Instant first = importer.oldest();
          if (first != null && (oldest == null || first.isBefore(oldest))) {
            oldest = first;
          }
        } catch (CannotImport | CannotSend e) {
          throw new CannotImport(
              e.getMessage() + System.lineSeparator() + hint(input, importer), e);
        } finally {
          forget(interrupted);
          Path refused = journal.refusedFile();
          if (refused != null) {
            out.printf("Refused rows and why: %s%n", refused);
          }
        }
      }
    }

    private static String hint(Input input, Importer importer) {
      return input.file() == null
          ? "The same command again begins anew; what was acknowledged is not counted twice."
          : String.format(
              Locale.ROOT,
              "%,d rows of %s are done. The same command again goes on from there.",
              importer.tally().rows(),
              input.name());
    }

    private static void forget(Thread hook) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending, and the hook is what says so.
      }
    }

    private void readOnly(String name, Kind kind) throws IOException {
      long start = System.nanoTime();
      long rowCount = 0;
      long objects = 0;
      long refused = 0;
      try (Input input = open(name);
          Rows rows = Formats.open(input, kind, zone)) {
        err.printf("%s: %s%n", name, rows.format());
        for (Row row = rows.next(); row != null; row = rows.next()) {
          rowCount++;
          if (row instanceof Row.Mapped mapped) {
            objects += mapped.json().size();
          } else if (row instanceof Row.Refused one && refused++ < MOST_REFUSED_SHOWN) {
            err.printf(
                "line %d: %s %s%n",
                one.line(), one.field() == null ? "the row" : one.field(), one.reason());
          }
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      out.printf(
          Locale.ROOT,
          "%s: %,d rows: %,d would be sent, %,d refused, %.1f s (%,.0f rows/s)%n",
          name,
          rowCount,
          objects,
          refused,
          seconds,
          rowCount / seconds);
    }

    private static Input open(String name) throws IOException {
      return name.equals("-") ? Input.of("stdin", System.in) : Formats.input(Path.of(name));
    }

    /** As ./downbeat found it. */
    private static boolean terminal() {
      return Boolean.getBoolean("downbeat.terminal");
    }
  }
}
