package io.downbeat.local.run.imports;

import io.downbeat.local.run.platform.BatchProcess;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.schemas.rules.OpenWindow;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an import does for plays that are too old to be counted as they come: the job {@code
 * backfill}, on this machine's platform, once the stream has staged them.
 */
final class OldPlays {
  static final String COMMAND = "./downbeat batch backfill";

  /** Another job is running; the stream has not come far enough. */
  private static final Set<Integer> LATER = Set.of(4, 5);

  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Home home;
  private final RunConfig config;
  private final PrintStream out;
  private final Clock clock;

  OldPlays(Home home, RunConfig config, PrintStream out, Clock clock) {
    this.home = home;
    this.config = config;
    this.out = out;
    this.clock = clock;
  }

  /**
   * Returns when all imported plays are counted.
   *
   * @param oldest when the first of them was heard; null where there are none
   */
  void count(@Nullable Instant oldest) throws IOException, InterruptedException {
    if (!areIn(oldest, config.openWindowDays(), clock.instant())) {
      return;
    }
    out.println("Some plays are of days that are closed: counting them from the lake");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int code = BatchProcess.run(home, config, List.of("backfill", "--await-log"));
    while (LATER.contains(code) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      code = BatchProcess.run(home, config, List.of("backfill", "--await-log"));
    }
    if (code != 0) {
      throw new CannotImport(
          "All plays are in the log, but those of closed days are not counted yet: the job ended with exit code %d. Go on with %s"
              .formatted(code, COMMAND));
    }
    out.println("All imported plays are counted");
  }

  /** Whether the first play is of a day that was closed at a time. */
  static boolean areIn(@Nullable Instant oldest, int openDays, Instant now) {
    return oldest != null
        && oldest.toEpochMilli() < new OpenWindow(openDays).firstOpen(now.toEpochMilli());
  }
}
