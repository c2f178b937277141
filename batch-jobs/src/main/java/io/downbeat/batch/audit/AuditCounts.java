package io.downbeat.batch.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.catalog.CatalogTrack;
import io.downbeat.batch.catalog.KafkaCatalog;
import io.downbeat.batch.lake.Lake;
import io.downbeat.batch.totals.Recount;
import io.downbeat.schemas.rules.ClosedTotal;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Counts and charts of Cassandra beside a recount of the lake, while plays keep arriving.
 *
 * <p>The stream acknowledges all totals of a checkpoint before it commits the checkpoint's plays to
 * the lake, and their charts before it commits those of the next one. So what was in the lake
 * before the newest commit, when the tables are read, was counted by then; and all that was counted
 * when they were read is in a snapshot of a checkpoint that began later. Right is what lies between
 * the two, and where they agree, just one value.
 */
@Command(
    name = "audit-counts",
    mixinStandardHelpOptions = true,
    description = {
      "Compare all counts and charts that are served with a recount of the lake.",
      "Plays may go on arriving. The drift is kept in lake.audits and served at /v1/audits/latest; it should be 0."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:No drift",
      "1:The audit could not be made",
      "3:Some counts or charts differ from the lake"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ./downbeat batch audit-counts", "  ./downbeat batch audit-counts --days 3"})
public final class AuditCounts implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(AuditCounts.class);
  private static final int DRIFT = 3;
  private static final int PRINTED = 5;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "Only the last N days (UTC), today included. Default: all that the lake has.")
  private @Nullable Integer days;

  @Option(
      names = "--patience",
      paramLabel = "MINUTES",
      defaultValue = "10",
      description =
          "How long to wait for the stream's next checkpoints where something differs at first sight. Default: ${DEFAULT-VALUE}.")
  private int patienceMinutes;

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  private final BatchConfig config;

  public AuditCounts(BatchConfig config) {
    this.config = config;
  }

  /** What the lake or the tables say: {@link Recount#buckets} and {@link Recount#charts}. */
  private record Totals(Dataset<Row> counts, Dataset<Row> charts) {
    Totals kept() {
      return new Totals(AuditCounts.kept(counts), AuditCounts.kept(charts));
    }
  }

  /** Computed here and now, so that plans that build on it stay small. */
  private static Dataset<Row> kept(Dataset<Row> rows) {
    return rows.localCheckpoint(true, StorageLevel.DISK_ONLY());
  }

  @Override
  public Integer call() throws InterruptedException {
    if (days != null && days < 1) {
      throw new ParameterException(spec.commandLine(), "--days is " + days + ", but at least 1");
    }
    try (CqlSession session = config.cassandra().connect();
        Lake lake = Lake.open(config.lake())) {
      Audit audit = audit(lake.spark(), Instant.now());
      new LakeAudits(lake.spark(), config.lake().namespace()).append(audit);
      CassandraAudits.write(session, audit);
      print(audit, spec.commandLine().getOut());
      return audit.isClean() ? 0 : DRIFT;
    }
  }

  private Audit audit(SparkSession spark, Instant now) throws InterruptedException {
    Instant from = days == null ? Instant.EPOCH : startOf(days, now);
    LakePlays plays = new LakePlays(spark, config.lake().namespace(), from);
    LakePlays.Moment before = plays.served();
    LOG.info("Reads what is served");
    ServedTables served = new ServedTables(spark, config.cassandra());
    Totals found =
        new Totals(
            served.counts().where(isAudited("granularity", from)),
            served.charts().where(isAudited("window", from)));
    StreamCommits commits = new StreamCommits(plays.table());
    LakePlays.Moment after = plays.now();
    Collection<CatalogTrack> catalogue = KafkaCatalog.tracks(config.catalog()).values();
    LOG.info("Recounts the lake with {} tracks", catalogue.size());
    Totals low = recounted(plays, before, catalogue, found, false).kept();
    Audit audit = compare(plays, before, after, catalogue, low, found, now);
    if (!audit.isClean()) {
      LOG.info(
          "{} counts and {} charts are not what the lake says yet; waits for it to have all that was counted",
          audit.counts().differing(),
          audit.charts().differing());
      Duration patience = Duration.ofMinutes(patienceMinutes);
      if (!commits.await(patience)) {
        throw new IllegalStateException(
            ("Cannot audit: %d counts and %d charts differ from the lake, and the stream has not completed three more"
                    + " checkpoints within %d minutes, so these may be plays on their way there. Does stream-jobs run?"
                    + " ./downbeat status tells")
                .formatted(
                    audit.counts().differing(), audit.charts().differing(), patience.toMinutes()));
      }
      audit = compare(plays, before, plays.now(), catalogue, low, found, now);
    }
    return audit;
  }

  private static Instant startOf(int days, Instant now) {
    long today = Granularity.DAY.bucketOf(now.toEpochMilli());
    return Instant.ofEpochMilli(today).minus(Granularity.DAY.length().multipliedBy(days - 1L));
  }

  /** Buckets that lie whole within the time. */
  private Column isAudited(String granularity, Instant from) {
    Column within =
        col(granularity)
            .isin(Granularity.HOUR.key(), Granularity.DAY.key(), Granularity.WEEK.key())
            .and(col("start").geq(lit(from)));
    return days == null
        ? within.or(col(granularity).isin(Granularity.ALL.key(), ClosedTotal.KEY))
        : within;
  }

  /**
   * @param may whether to count what the stream may have counted: a week's chart has the plays that
   *     came when their day was closed but the week was not
   */
  private Totals recounted(
      LakePlays plays,
      LakePlays.Moment moment,
      Collection<CatalogTrack> catalogue,
      Totals found,
      boolean may) {
    Recount counted = Recount.of(plays.counted(moment), catalogue);
    Recount all = Recount.of(plays.withBackfill(moment), catalogue);
    Dataset<Row> counts = counted.buckets();
    if (days == null) {
      counts =
          counts
              .union(all.buckets(Granularity.ALL))
              .unionByName(closed(counted.buckets(Granularity.DAY), found.counts()));
    }
    Dataset<Row> weeks = (may ? all : counted).charts(Granularity.WEEK);
    return new Totals(
        counts,
        counted
            .charts(Granularity.HOUR)
            .union(counted.charts(Granularity.DAY))
            .union(weeks.where(isAudited("window", plays.from()))));
  }

  /** The totals of closed days that were found, as they must be: without one, readers add days. */
  private static Dataset<Row> closed(Dataset<Row> byDay, Dataset<Row> found) {
    Dataset<Row> closed =
        found
            .where(col("granularity").equalTo(ClosedTotal.KEY))
            .select(
                col("kind").as("of_kind"), col("id").as("of_id"), col("start").as("closed_before"));
    List<Column> sums =
        Arrays.stream(Counters.values())
            .map(counter -> sum(counter.key()).as(counter.key()))
            .toList();
    return byDay
        .join(
            closed,
            col("kind")
                .equalTo(col("of_kind"))
                .and(col("id").equalTo(col("of_id")))
                .and(col("start").lt(col("closed_before"))))
        .groupBy(
            col("kind"),
            col("id"),
            lit(ClosedTotal.KEY).as("granularity"),
            col("closed_before").as("start"))
        .agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new))
        .withColumn(UniqueListeners.KEY, lit(0L));
  }

  private Audit compare(
      LakePlays plays,
      LakePlays.Moment before,
      LakePlays.Moment after,
      Collection<CatalogTrack> catalogue,
      Totals low,
      Totals found,
      Instant now) {
    boolean same = before.equals(after) && before.backfill().isEmpty();
    Totals high = same ? low : recounted(plays, after, catalogue, found, true).kept();
    Dataset<Row> doubtful = kept(doubtful(plays.withBackfill(after), catalogue, found.counts()));
    Dataset<Row> counts =
        kept(Comparison.ofCounts(low.counts(), high.counts(), found.counts(), doubtful));
    Dataset<Row> charts =
        kept(Comparison.ofCharts(low.charts(), high.charts(), found.charts(), doubtful));
    List<Column> sums = new ArrayList<>(tallies());
    for (String measure : Recount.MEASURES) {
      sums.add(sum(when(col("differs"), col("off_" + measure)).otherwise(0L)).as(measure));
    }
    Row ofCounts = sums(counts, sums).first();
    Row ofCharts = sums(charts, tallies()).first();
    Map<String, Long> drift = new LinkedHashMap<>();
    Recount.MEASURES.forEach(
        measure ->
            drift.put(
                measure,
                ofCounts.isNullAt(ofCounts.fieldIndex(measure))
                    ? 0L
                    : ofCounts.<Long>getAs(measure)));
    List<Map<String, String>> examples = new ArrayList<>();
    differing(counts, "kind", "id", "granularity", "start")
        .forEach(row -> examples.add(Examples.ofCounts(row)));
    differing(charts, "scope", "window", "start")
        .forEach(row -> examples.add(Examples.ofChart(row)));
    return new Audit(
        now,
        Duration.between(now, Instant.now()).toMillis(),
        days == null ? OptionalInt.empty() : OptionalInt.of(days),
        before.plays(),
        after.plays(),
        table(ofCounts),
        drift,
        table(ofCharts),
        examples.stream().limit(Audit.MOST_EXAMPLES).toList());
  }

  private static List<Row> differing(Dataset<Row> compared, String first, String... then) {
    return compared
        .where(col("differs"))
        .orderBy(first, then)
        .limit(Audit.MOST_EXAMPLES)
        .collectAsList();
  }

  private static List<Column> tallies() {
    return List.of(
        count_if(col("still")).as("compared"),
        count_if(not(col("still"))).as("moving"),
        count_if(col("undecided")).as("undecided"),
        count_if(col("differs")).as("differing"));
  }

  private static Dataset<Row> sums(Dataset<Row> rows, List<Column> columns) {
    return rows.agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new));
  }

  private static Audit.Table table(Row tallies) {
    return new Audit.Table(
        tallies.getAs("compared"),
        tallies.getAs("moving"),
        tallies.getAs("undecided"),
        tallies.getAs("differing"));
  }

  /**
   * Plays that may be counted for other artists, albums and genres than the catalogue says: it does
   * not know the track, or has a record that is younger than the play.
   */
  private static Dataset<Row> doubtful(
      Dataset<Row> plays, Collection<CatalogTrack> catalogue, Dataset<Row> found) {
    Dataset<Row> since =
        plays
            .sparkSession()
            .createDataFrame(
                catalogue.stream()
                    .map(track -> RowFactory.create(track.trackId().toString(), track.since()))
                    .toList(),
                new StructType()
                    .add("track_id", DataTypes.StringType)
                    .add("since", DataTypes.TimestampType));
    Recount recount =
        Recount.of(
            plays
                .join(since, plays.col("track_id").equalTo(since.col("track_id")), "left")
                .where(col("since").isNull().or(col("received_at").lt(col("since"))))
                .select(
                    col("user_id"),
                    plays.col("track_id"),
                    col("started_at"),
                    col("played_millis"),
                    col("end_reason")),
            List.of());
    Dataset<Row> byDay = ofEverything(recount, Granularity.DAY);
    List<Column> sums =
        Arrays.stream(Counters.values())
            .map(counter -> sum(counter.key()).as(counter.key()))
            .toList();
    Dataset<Row> inAll = sums(byDay, sums);
    Dataset<Row> sumsOfDays =
        found
            .where(col("granularity").isin(Granularity.ALL.key(), ClosedTotal.KEY))
            .select("granularity", "start")
            .distinct();
    return byDay
        .union(ofEverything(recount, Granularity.HOUR))
        .union(ofEverything(recount, Granularity.WEEK))
        .unionByName(sumsOfDays.crossJoin(inAll));
  }

  private static Dataset<Row> ofEverything(Recount recount, Granularity granularity) {
    return recount
        .buckets(granularity)
        .where(col("kind").equalTo(CountedKind.EVERYTHING.key()))
        .drop("kind", "id", UniqueListeners.KEY);
  }

  private static void print(Audit audit, PrintWriter out) {
    out.printf(
        "Compared %,d counts and %,d charts with the lake; plays came into %,d and %,d meanwhile.%n",
        audit.counts().compared(),
        audit.charts().compared(),
        audit.counts().moving(),
        audit.charts().moving());
    if (audit.counts().undecided() + audit.charts().undecided() > 0) {
      out.printf(
          "%,d counts and %,d charts can't be decided: records of their tracks changed after the plays.%n",
          audit.counts().undecided(), audit.charts().undecided());
    }
    if (audit.isClean()) {
      out.println("Drift: 0");
      return;
    }
    out.printf(
        "Drift: %,d counts and %,d charts differ. What is off in all: %s%n",
        audit.counts().differing(),
        audit.charts().differing(),
        Recount.MEASURES.stream()
            .map(measure -> "%s %,d".formatted(measure, audit.drift().get(measure)))
            .collect(Collectors.joining(", ")));
    audit.examples().stream().limit(PRINTED).forEach(example -> out.println("  " + example));
    out.println(
        "Up to 100 of them are at /v1/audits/latest. ./downbeat rebuild counts anew from the lake.");
  }
}
