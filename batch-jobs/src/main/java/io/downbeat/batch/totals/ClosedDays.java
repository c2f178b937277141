package io.downbeat.batch.totals;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.catalog.CatalogTrack;
import io.downbeat.batch.catalog.KafkaCatalog;
import io.downbeat.batch.lake.Lake;
import io.downbeat.batch.lake.RecountsTable;
import io.downbeat.batch.publish.StreamEpoch;
import io.downbeat.schemas.rules.Epoch;
import io.downbeat.schemas.rules.Granularity;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The days that the stream no longer counts: recounts them from {@code plays} under the epoch after
 * the stream's, and takes note of it when all is written. Whatever is killed on the way is done
 * again by the next run, with the same result.
 */
final class ClosedDays {
  private static final Logger LOG = LoggerFactory.getLogger(ClosedDays.class);

  /** How far the broker's clock, which decides, may be behind this one. */
  static final Duration CLOCKS_APART = Duration.ofMinutes(5);

  /** An idle stream commits every other checkpoint. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private final BatchConfig config;
  private final Lake lake;
  private final CqlSession session;
  private final RecountsTable recounts;

  ClosedDays(BatchConfig config, Lake lake, CqlSession session) {
    this.config = config;
    this.lake = lake;
    this.session = session;
    this.recounts = lake.recounts();
  }

  /**
   * The first day that is open, as soon as no play can come to an earlier one: some minutes after
   * midnight.
   *
   * @param asOf no later than now
   * @throws StreamProgress.NotThereYet if the stream may still add one
   */
  LocalDate firstOpen(Instant asOf, Instant now) {
    Instant sure = now.minus(CLOCKS_APART);
    long at = (asOf.isBefore(sure) ? asOf : sure).toEpochMilli();
    LocalDate open =
        Instant.ofEpochMilli(config.openWindow().firstOpen(at))
            .atZone(ZoneOffset.UTC)
            .toLocalDate();
    LocalDate closedBefore = closedBefore();
    if (!open.isAfter(closedBefore)) {
      return closedBefore;
    }
    Instant moved = Instant.ofEpochMilli(Granularity.DAY.bucketOf(at));
    new StreamProgress(config.catalog(), lake.iceberg("plays"), PATIENCE).requireAllBefore(moved);
    return open;
  }

  /**
   * @param days with plays that the stream does not count
   * @throws StreamProgress.NotThereYet if one of them is not closed
   */
  void requireClosed(Set<LocalDate> days, LocalDate firstOpen) {
    days.stream()
        .filter(day -> !day.isBefore(firstOpen))
        .findFirst()
        .ifPresent(
            open -> {
              throw new StreamProgress.NotThereYet(
                  "%s has staged plays and is open, the first open day is %s; days close some minutes after midnight (UTC), and open-window.days = %d must be what the stream has"
                      .formatted(open, firstOpen, config.openWindow().days()));
            });
  }

  /** Nothing was played before 1970. */
  private LocalDate closedBefore() {
    return recounts.closedBefore().orElse(LocalDate.EPOCH);
  }

  /**
   * Recounts days: those that are not closed yet, those whose tracks the catalogue knows by now,
   * and those to which plays were added.
   *
   * @param firstOpen as {@link #firstOpen} has it
   * @param added earlier ones
   */
  void recount(LocalDate firstOpen, Set<LocalDate> added) {
    long snapshot = lake.playsSnapshot();
    LocalDate closedBefore = closedBefore();
    Collection<CatalogTrack> catalogue = KafkaCatalog.tracks(config.catalog()).values();
    Dataset<Row> known = trackIds(catalogue);
    SortedSet<LocalDate> days = new TreeSet<>(added);
    days.addAll(lake.daysOfPlays(snapshot, Days.start(closedBefore), Days.start(firstOpen)));
    days.addAll(recounts.lackingNowKnown(known));
    if (days.isEmpty() && firstOpen.equals(closedBefore)) {
      LOG.info("Nothing to recount: every day before {} is closed", firstOpen);
      return;
    }
    Epoch epoch = StreamEpoch.now(session).ofRecounts();
    if (!days.isEmpty()) {
      LOG.info(
          "Recounts {} days from {} to {}, snapshot {} of the lake",
          days.size(),
          days.first(),
          days.last(),
          snapshot);
      write(days, firstOpen, lake.plays(snapshot), catalogue, epoch);
    }
    Dataset<Row> unknown = unknownTracks(plays(lake.plays(snapshot), days), known);
    if (firstOpen.isAfter(closedBefore)) {
      // Closed too, even if nothing was played in it. Once closed, it has its row, which stays.
      days.add(firstOpen.minusDays(1));
    }
    recounts.append(days, unknown, Instant.now(), snapshot, epoch.number());
    LOG.info("Every day before {} is closed", firstOpen);
  }

  private void write(
      SortedSet<LocalDate> days,
      LocalDate firstOpen,
      Dataset<Row> plays,
      Collection<CatalogTrack> catalogue,
      Epoch epoch) {
    CassandraTotals totals = new CassandraTotals(config.cassandra(), epoch);
    Recount recount = Recount.of(plays(plays, days), catalogue);
    Dataset<Row> buckets = recount.buckets().cache();
    LOG.info("Wrote {} totals of hours and days", totals.counts(buckets));
    // After its days, so that all time never goes back.
    LOG.info(
        "Wrote closed totals of {} things",
        totals.closed(buckets.select("kind", "id").distinct(), Days.start(firstOpen)));
    buckets.unpersist();
    long charts =
        totals.charts(recount.charts(Granularity.HOUR))
            + totals.charts(recount.charts(Granularity.DAY));
    SortedSet<LocalDate> ofClosedWeeks = daysOfClosedWeeks(days, firstOpen);
    if (!ofClosedWeeks.isEmpty()) {
      charts +=
          totals.charts(
              Recount.of(plays(plays, ofClosedWeeks), catalogue).charts(Granularity.WEEK));
    }
    LOG.info("Wrote {} charts", charts);
  }

  /** All days of the weeks that some days lie in, where the whole week is closed. */
  static SortedSet<LocalDate> daysOfClosedWeeks(SortedSet<LocalDate> days, LocalDate firstOpen) {
    SortedSet<LocalDate> all = new TreeSet<>();
    days.stream()
        .map(day -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)))
        .distinct()
        .filter(monday -> !monday.plusWeeks(1).isAfter(firstOpen))
        .forEach(monday -> monday.datesUntil(monday.plusWeeks(1)).forEach(all::add));
    return all;
  }

  private static Dataset<Row> plays(Dataset<Row> plays, SortedSet<LocalDate> days) {
    return plays.where(Days.contain(days, functions.col("started_at")));
  }

  private Dataset<Row> trackIds(Collection<CatalogTrack> catalogue) {
    List<String> ids = catalogue.stream().map(track -> track.trackId().toString()).toList();
    return lake.spark().createDataset(ids, Encoders.STRING()).toDF("track_id");
  }

  private static Dataset<Row> unknownTracks(Dataset<Row> plays, Dataset<Row> known) {
    return plays
        .select(functions.to_date(functions.col("started_at")).as("day"), functions.col("track_id"))
        .distinct()
        .join(known, plays.col("track_id").equalTo(known.col("track_id")), "left_anti")
        .groupBy("day")
        .agg(functions.collect_list("track_id").as("unknown_tracks"));
  }
}
