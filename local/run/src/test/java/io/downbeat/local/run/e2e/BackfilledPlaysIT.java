package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The other road of old plays: the stream keeps 36 days, and what is older is staged, merged into
 * the lake and counted from there. Every bucket is compared with a recount of the files, and a
 * reader who looks on never sees all time go back.
 */
@Tag("long")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class BackfilledPlaysIT {
  private static final int PLAYS = 6_000;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void everyBucketOfClosedDaysEqualsTheRecountAndAllTimeNeverGoesBack() throws Exception {
    Recount recount = new Recount();
    InventedFiles invented = new InventedFiles(7, PLAYS);
    Path catalogue = invented.catalogue(directory.resolve("catalogue.ndjson"));
    List<Path> plays = invented.plays(directory, 2, recount);

    try (LocalPlatform platform = new LocalPlatform(directory)) {
      platform.openDays(36);
      platform.run("up", "--detach");
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<List<Long>> seen =
          CompletableFuture.supplyAsync(() -> look(platform, done));
      try {
        // No track is known yet: the first part is credited when the second is counted.
        assertThat(platform.run("import", "plays", plays.get(0).toString()))
            .contains("All imported plays are counted");
        assertThat(platform.counted()).isPositive();
        platform.run("import", "catalog", catalogue.toString());
        assertThat(platform.run("import", "plays", "--no-wait", plays.get(1).toString()))
            .contains("./downbeat batch backfill");
        platform.run("batch", "backfill", "--await-log");
      } finally {
        done.set(true);
      }
      assertThat(seen.get(1, TimeUnit.MINUTES)).isSorted().contains(0L, recount.plays());

      platform.awaitEqual("buckets", platform::buckets, recount.buckets());
      platform.awaitEqual("charts", platform::charts, recount.charts());
      assertThat(
              Recount.difference(platform.allTime(recount.allTime().keySet()), recount.allTime()))
          .isEmpty();
      assertThat(platform.lakeRows()).isEqualTo(recount.plays());
      System.out.printf(
          "%,d plays of closed days, %,d buckets, %,d totals, %,d charts: difference 0%n",
          recount.plays(),
          recount.buckets().size(),
          recount.allTime().size(),
          recount.charts().size());
    }
  }

  /** How many plays there ever were, each time that it changed. */
  private static List<Long> look(LocalPlatform platform, AtomicBoolean done) {
    List<Long> seen = new ArrayList<>();
    try {
      for (boolean last = false; !last; ) {
        last = done.get();
        long now = platform.counted();
        if (seen.isEmpty() || seen.get(seen.size() - 1) != now) {
          seen.add(now);
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      return seen;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
