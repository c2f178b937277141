package io.downbeat.batch.totals;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.BatchMain;
import io.downbeat.batch.lake.BackfillTable;
import io.downbeat.batch.lake.Lake;
import java.time.Instant;
import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Staged plays → {@code plays} → the days that they touch, recounted → no longer staged. */
@Command(
    name = "backfill",
    mixinStandardHelpOptions = true,
    description = {
      "Count plays that came when their day was closed, such as imports of old listening.",
      "Merges what the stream has staged in lake.backfill into lake.plays, each play once, and recounts the days that it touches; also closed"
          + " days with plays of tracks that the catalogue has come to know since. First it closes what close-days would close. Killed at any"
          + " moment, the next run ends with the same counts."
    })
public final class Backfill implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Backfill.class);

  @Option(
      names = "--await-log",
      description =
          "First wait until the stream has staged, or counted, every play that is in the log by now.")
  private boolean awaitLog;

  private final BatchConfig config;

  public Backfill(BatchConfig config) {
    this.config = config;
  }

  @Override
  public Integer call() {
    try (CqlSession session = config.cassandra().connect();
        Lake lake = Lake.open(config.lake())) {
      if (awaitLog) {
        new StreamProgress(config.catalog(), lake.iceberg("backfill"), ClosedDays.PATIENCE)
            .awaitAllBefore(Instant.now());
      }
      ClosedDays closed = new ClosedDays(config, lake, session);
      LocalDate firstOpen = closed.firstOpen(Instant.now());
      BackfillTable backfill = lake.backfill();
      OptionalLong staged = backfill.snapshot();
      if (staged.isEmpty()) {
        closed.recount(firstOpen, Set.of());
        return 0;
      }
      Set<LocalDate> days = backfill.days(staged.getAsLong());
      LOG.info("Merges plays of {} days into the lake", days.size());
      backfill.merge(staged.getAsLong());
      closed.recount(firstOpen, days);
      backfill.remove(staged.getAsLong());
      LOG.info("Removed what was merged from what is staged");
      return 0;
    } catch (StreamProgress.NotThereYet e) {
      LOG.error("Nothing is changed: {}. Try again later.", e.getMessage());
      return BatchMain.NOT_YET;
    }
  }
}
