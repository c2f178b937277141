package io.downbeat.local.run.simulate;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.ApiOptions;
import io.downbeat.local.run.platform.Home;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code ./downbeat simulate}: load, of plays as people play. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Send invented plays to the running platform at a steady rate.",
      "",
      "They are heard now, some of them late and some sent twice, by listeners of different tastes. What the API"
          + " can't take at once is sent again, under the same ids, after the time that it asks for; so the rate"
          + " falls, and nothing is lost. Ctrl-C ends it."
    },
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  ./downbeat simulate                                        100 plays a second",
      "  ./downbeat simulate --rate 2000 --duration 60s",
      "  ./downbeat simulate --rate 500 --listeners 50000 --seed 7  other listeners and plays",
      "",
      "The same seed has the same catalogue and listeners; each call is plays of its own.",
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final long TICK_MILLIS = 20;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "100",
      description = "Plays a second, 0.1 to 100000. Default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--listeners",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Who listens, 1 to 100000. Default: ${DEFAULT-VALUE}.")
  private int listeners;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "2",
      description = "Of catalogue and listeners. Default: ${DEFAULT-VALUE}; the demo's is 1.")
  private long seed;

  @Option(
      names = "--duration",
      paramLabel = "D",
      converter = SpanConverter.class,
      description = "Ends after it: 30s, 5m, 2h. Default: never.")
  private Duration duration = Duration.ofDays(3_650);

  @Option(
      names = "--catalogue-tracks",
      paramLabel = "T",
      defaultValue = "6000",
      description = "Tracks in the catalogue, at least; 1 to 1000000. Default: ${DEFAULT-VALUE}.")
  private int tracks;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "8",
      description = "Requests on their way at a time, 1 to 64. Default: ${DEFAULT-VALUE}.")
  private int inFlight;

  @Mixin private final ApiOptions connection = new ApiOptions();

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  /** A span as people write it. */
  static final class SpanConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        Duration span = Duration.parse("PT" + text);
        if (span.compareTo(Duration.ZERO) > 0) {
          return span;
        }
      } catch (DateTimeParseException e) {
        // Said below.
      }
      throw new TypeConversionException("'" + text + "' is not a span like 30s, 5m or 2h");
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    within("--rate", rate, 0.1, 100_000);
    within("--listeners", listeners, 1, 100_000);
    within("--catalogue-tracks", tracks, 1, 1_000_000);
    within("--in-flight", inFlight, 1, 64);
    connection.check(spec.commandLine());
    ApiClient api = connection.connect(Home.ofLauncher());
    PrintWriter out = spec.commandLine().getOut();
    // A start of its own makes the plays of this call its own.
    Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Simulation simulation =
        Simulation.of(new Simulation.Settings(seed, tracks, 0, listeners, start, 1, Rhythm.DAILY));
    simulation.catalogue().send(api);
    AtomicLong triedAgain = new AtomicLong();
    api.onTrouble(problem -> triedAgain.addAndGet(problem.isEmpty() ? 0 : 1));
    Latencies latencies = new Latencies();
    try (Sender sender = new Sender(api, inFlight, latencies::add)) {
      Load load = new Load(sender, latencies, triedAgain, out);
      Thread interrupted = new Thread(load::summarize);
      Runtime.getRuntime().addShutdownHook(interrupted);
      load.send(simulation.plays(start, null).iterator());
      Runtime.getRuntime().removeShutdownHook(interrupted);
      load.summarize();
    }
    return 0;
  }

  /** One call's plays on their way. */
  private final class Load {
    private final Sender sender;
    private final Latencies latencies;
    private final AtomicLong triedAgain;
    private final PrintWriter out;
    private final long begin = System.nanoTime();
    private volatile long sent;
    private long said = begin;
    private long saidAcknowledged;

    Load(Sender sender, Latencies latencies, AtomicLong triedAgain, PrintWriter out) {
      this.sender = sender;
      this.latencies = latencies;
      this.triedAgain = triedAgain;
      this.out = out;
    }

    void send(Iterator<Upload> uploads) throws IOException, InterruptedException {
      HeardNow heardNow = new HeardNow();
      double owed = 0;
      long last = begin;
      for (long now = last; now - begin < duration.toNanos(); now = System.nanoTime()) {
        // What couldn't be sent for more than a second is not made up for.
        owed = Math.min(owed + rate * (now - last) / 1e9, Math.max(1, rate));
        last = now;
        List<Play> due = new ArrayList<>();
        for (; owed >= 1 && due.size() < Sender.MOST_PLAYS; owed--) {
          due.add(heardNow.move(uploads.next(), Instant.now()));
        }
        sender.send(due);
        sent += due.size();
        say(now);
        if (owed < 1) {
          TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
        }
      }
      sender.await();
    }

    private void say(long now) {
      if (now - said >= TimeUnit.SECONDS.toNanos(1)) {
        long acknowledged = sender.acknowledged();
        out.printf(
            Locale.ROOT,
            "%4d s  %s  %,.0f/s%n",
            TimeUnit.NANOSECONDS.toSeconds(now - begin),
            counts(),
            (acknowledged - saidAcknowledged) * 1e9 / (now - said));
        out.flush();
        said = now;
        saidAcknowledged = acknowledged;
      }
    }

    void summarize() {
      double seconds = (System.nanoTime() - begin) / 1e9;
      out.printf(
          Locale.ROOT,
          "%s in %.1f s: %,.0f plays/s; a request took p50 %.1f ms, p99 %.1f ms until it was acknowledged%n",
          counts(),
          seconds,
          sender.acknowledged() / seconds,
          latencies.millis(0.5),
          latencies.millis(0.99));
      out.flush();
    }

    private String counts() {
      return String.format(
          Locale.ROOT,
          "%,d sent, %,d acknowledged, %,d refused, %,d requests sent again",
          sent,
          sender.acknowledged(),
          sender.refused(),
          triedAgain.get());
    }
  }

  private void within(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new ParameterException(
          spec.commandLine(),
          "%s is %s: it is from %s to %s"
              .formatted(option, plain(value), plain(least), plain(most)));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
