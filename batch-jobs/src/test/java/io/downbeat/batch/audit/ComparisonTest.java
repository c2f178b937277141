package io.downbeat.batch.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.batch.lake.LocalSpark;
import io.downbeat.batch.totals.Recount;
import io.downbeat.schemas.rules.Counters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final Instant DAY = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant NEXT = Instant.parse("2026-03-02T00:00:00Z");
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.session("comparison");
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void whereTheRecountsAgreeJustThatIsRight() {
    Map<String, Row> rows =
        counts(
            List.of(
                bucket("track", "right", DAY, 5),
                bucket("track", "low", DAY, 5),
                bucket("track", "high", DAY, 5),
                bucket("track", "gone", DAY, 5)),
            List.of(
                bucket("track", "right", DAY, 5),
                bucket("track", "low", DAY, 5),
                bucket("track", "high", DAY, 5),
                bucket("track", "gone", DAY, 5)),
            List.of(
                bucket("track", "right", DAY, 5),
                bucket("track", "low", DAY, 3),
                bucket("track", "high", DAY, 9),
                bucket("track", "strange", DAY, 2)),
            List.of());

    assertThat(differing(rows)).containsExactlyInAnyOrder("low", "high", "gone", "strange");
    assertThat(problem(rows, "low")).isEqualTo("too_low");
    assertThat(problem(rows, "high")).isEqualTo("too_high");
    assertThat(problem(rows, "gone")).isEqualTo("missing");
    assertThat(problem(rows, "strange")).isEqualTo("unknown");
    assertThat(rows.get("low").<Long>getAs("off_plays")).isEqualTo(2);
    assertThat(rows.get("high").<Long>getAs("off_plays")).isEqualTo(4);
    assertThat(rows.get("gone").<Long>getAs("off_plays")).isEqualTo(5);
    assertThat(Examples.ofCounts(rows.get("high")))
        .containsEntry("expected", "plays 5")
        .containsEntry("found", "plays 9");
  }

  @Test
  void whatPlaysCameIntoIsRightBetweenTheRecountsAndNowhereElse() {
    Map<String, Row> rows =
        counts(
            List.of(
                bucket("track", "behind", DAY, 5),
                bucket("track", "first", DAY, 5),
                bucket("track", "last", DAY, 5)),
            List.of(
                bucket("track", "behind", DAY, 8),
                bucket("track", "first", DAY, 8),
                bucket("track", "last", DAY, 8),
                bucket("track", "new", DAY, 2),
                bucket("track", "beyond", DAY, 2)),
            List.of(
                bucket("track", "behind", DAY, 4),
                bucket("track", "first", DAY, 5),
                bucket("track", "last", DAY, 8),
                bucket("track", "beyond", DAY, 3)),
            List.of());

    assertThat(differing(rows)).containsExactlyInAnyOrder("behind", "beyond");
    assertThat(rows.values()).noneMatch(row -> row.<Boolean>getAs("still"));
    assertThat(Examples.ofCounts(rows.get("behind"))).containsEntry("expected", "plays 5 to 8");
  }

  @Test
  void artistsAlbumsAndGenresMayBeOffByTheDoubtfulPlaysOfTheirTime() {
    List<Row> lake =
        List.of(
            bucket("artist", "old artist", DAY, 4),
            bucket("artist", "far off", DAY, 4),
            bucket("artist", "other day", NEXT, 4),
            bucket("track", "track", DAY, 4));
    Map<String, Row> rows =
        counts(
            lake,
            lake,
            List.of(
                bucket("artist", "old artist", DAY, 7),
                bucket("artist", "far off", DAY, 8),
                bucket("artist", "other day", NEXT, 5),
                bucket("track", "track", DAY, 5)),
            List.of(RowFactory.create("day", DAY, 3L, 3L, 3L, 3L)));

    assertThat(differing(rows)).containsExactlyInAnyOrder("far off", "other day", "track");
    assertThat(rows.get("old artist").<Boolean>getAs("undecided")).isTrue();
  }

  @Test
  void chartsAreTheSameEntryByEntryUnlessPlaysCameIntoThem() {
    Map<String, Row> rows =
        Comparison.ofCharts(
                charts(
                    chart("right", entry("a", 3), entry("b", 2)),
                    chart("swapped", entry("a", 2), entry("b", 2)),
                    chart("gone", entry("a", 1)),
                    chart("moving", entry("a", 2)),
                    chart("behind", entry("a", 2))),
                charts(
                    chart("right", entry("a", 3), entry("b", 2)),
                    chart("swapped", entry("a", 2), entry("b", 2)),
                    chart("gone", entry("a", 1)),
                    chart("moving", entry("a", 4)),
                    chart("behind", entry("a", 4))),
                charts(
                    chart("right", entry("a", 3), entry("b", 2)),
                    chart("swapped", entry("b", 2), entry("a", 2)),
                    chart("strange", entry("c", 1)),
                    chart("moving", entry("a", 3)),
                    chart("behind", entry("a", 1))),
                doubtful(List.of()))
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(row -> row.getAs("scope"), row -> row));

    assertThat(differing(rows)).containsExactlyInAnyOrder("swapped", "gone", "strange", "behind");
    assertThat(Examples.ofChart(rows.get("gone"))).containsEntry("problem", "missing");
    assertThat(Examples.ofChart(rows.get("strange"))).containsEntry("problem", "unknown");
    assertThat(Examples.ofChart(rows.get("swapped")))
        .containsEntry("problem", "wrong")
        .containsEntry("expected", "a with 2 streams in place 1 of 2")
        .containsEntry("found", "b with 2 streams in place 1 of 2");
  }

  private static List<String> differing(Map<String, Row> rows) {
    return rows.entrySet().stream()
        .filter(row -> row.getValue().<Boolean>getAs("differs"))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static String problem(Map<String, Row> rows, String id) {
    return Examples.ofCounts(rows.get(id)).get("problem");
  }

  private static Map<String, Row> counts(
      List<Row> low, List<Row> high, List<Row> found, List<Row> doubtful) {
    return Comparison.ofCounts(buckets(low), buckets(high), buckets(found), doubtful(doubtful))
        .collectAsList()
        .stream()
        .collect(Collectors.toMap(row -> row.getAs("id"), row -> row));
  }

  /** With that many plays and one stream, and nothing else. */
  private static Row bucket(String kind, String id, Instant start, long plays) {
    return RowFactory.create(kind, id, "day", start, plays, 1L, 0L, 0L, 0L);
  }

  private static Dataset<Row> buckets(List<Row> rows) {
    StructType schema =
        new StructType()
            .add("kind", DataTypes.StringType)
            .add("id", DataTypes.StringType)
            .add("granularity", DataTypes.StringType)
            .add("start", DataTypes.TimestampType);
    for (String measure : Recount.MEASURES) {
      schema = schema.add(measure, DataTypes.LongType);
    }
    return spark.createDataFrame(rows, schema);
  }

  private static Dataset<Row> doubtful(List<Row> rows) {
    StructType schema =
        new StructType()
            .add("granularity", DataTypes.StringType)
            .add("start", DataTypes.TimestampType);
    for (String counter : Arrays.stream(Counters.values()).map(Counters::key).toList()) {
      schema = schema.add(counter, DataTypes.LongType);
    }
    return spark.createDataFrame(rows, schema);
  }

  private static Row entry(String track, long streams) {
    return RowFactory.create(track, streams);
  }

  private static Row chart(String scope, Row... top) {
    return RowFactory.create(scope, "day", DAY, top);
  }

  private static Dataset<Row> charts(Row... rows) {
    StructType entry =
        new StructType()
            .add("track", DataTypes.StringType, false)
            .add("streams", DataTypes.LongType, false);
    return spark.createDataFrame(
        new ArrayList<>(List.of(rows)),
        new StructType()
            .add("scope", DataTypes.StringType)
            .add("window", DataTypes.StringType)
            .add("start", DataTypes.TimestampType)
            .add("top", DataTypes.createArrayType(entry, false)));
  }
}
