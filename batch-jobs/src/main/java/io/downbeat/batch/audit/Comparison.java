package io.downbeat.batch.audit;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.downbeat.batch.totals.Recount;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.UniqueListeners;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What is served beside two recounts, of what was surely counted by then and of what may have been:
 * a measure lies between the two, and where they agree it is just that.
 *
 * <p>A row for all that is on any side: its key, what each side has ({@code low_…}, {@code high_…},
 * {@code found_…}), and the flags {@code still} (the recounts agree), {@code differs} and {@code
 * undecided}, of which one at most is set. Counts also have {@code off_…}, by how much.
 */
final class Comparison {
  private static final List<String> CHART = List.of("scope", "window", "start");
  private static final String TOP = "array<struct<track:string,streams:bigint>>";

  private Comparison() {}

  /**
   * @param low as {@link Recount#buckets}; so are {@code high} and {@code found}
   * @param doubtful how many plays may be counted for other artists, albums and genres than the
   *     catalogue says now: {@code granularity}, {@code start} and {@link Counters}
   */
  static Dataset<Row> ofCounts(
      Dataset<Row> low, Dataset<Row> high, Dataset<Row> found, Dataset<Row> doubtful) {
    Dataset<Row> sides =
        sides(low, high, found, Recount.KEY, Recount.MEASURES, lit(0L))
            .join(broadcast(renamed(doubtful)), new String[] {"granularity", "start"}, "left");
    Column still = lit(true);
    Column wrong = lit(false);
    Column explained =
        col("kind")
            .isin(CountedKind.ARTIST.key(), CountedKind.ALBUM.key(), CountedKind.GENRE.key());
    for (String measure : Recount.MEASURES) {
      Column lowest = col("low_" + measure);
      Column highest = col("high_" + measure);
      Column value = col("found_" + measure);
      Column off = col("off_" + measure);
      sides =
          sides.withColumn(
              "off_" + measure,
              greatest(lowest.minus(value), value.minus(greatest(lowest, highest)), lit(0L)));
      still = still.and(lowest.equalTo(highest));
      wrong = wrong.or(off.gt(0));
      // A play adds one listener at most.
      String bound = measure.equals(UniqueListeners.KEY) ? Counters.PLAYS.key() : measure;
      explained = explained.and(off.leq(coalesce(col("doubtful_" + bound), lit(0L))));
    }
    return flagged(sides, still, wrong, explained);
  }

  /**
   * @param low as {@link Recount#charts}; so are {@code high} and {@code found}
   * @param doubtful as for counts
   */
  static Dataset<Row> ofCharts(
      Dataset<Row> low, Dataset<Row> high, Dataset<Row> found, Dataset<Row> doubtful) {
    Dataset<Row> windows = renamed(doubtful).withColumnRenamed("granularity", "window");
    Dataset<Row> sides =
        sides(low, high, found, CHART, List.of("top"), functions.array().cast(TOP))
            .join(broadcast(windows), new String[] {"window", "start"}, "left");
    Column still = col("low_top").equalTo(col("high_top"));
    Column streams = streams("found_top");
    Column wrong =
        when(still, col("found_top").notEqual(col("high_top")))
            .otherwise(streams.lt(streams("low_top")).or(streams.gt(streams("high_top"))));
    Column explained =
        col("scope")
            .notEqual(CountedKind.EVERYTHING_ID.toString())
            .and(coalesce(col("doubtful_" + Counters.STREAMS.key()), lit(0L)).gt(0));
    return flagged(sides, still, wrong, explained);
  }

  private static Dataset<Row> flagged(
      Dataset<Row> sides, Column still, Column wrong, Column explained) {
    return sides
        .withColumn("still", still)
        .withColumn("wrong", wrong)
        .withColumn("undecided", col("wrong").and(explained))
        .withColumn("differs", col("wrong").and(not(col("undecided"))))
        .drop("wrong");
  }

  private static Dataset<Row> sides(
      Dataset<Row> low,
      Dataset<Row> high,
      Dataset<Row> found,
      List<String> key,
      List<String> values,
      Column absent) {
    List<Column> columns = new ArrayList<>();
    for (String side : List.of("low", "high", "found")) {
      for (String value : values) {
        Column ofSide = max(when(col("side").equalTo(side), col(value)));
        columns.add(coalesce(ofSide, absent).as(side + "_" + value));
      }
    }
    return of("low", low, key, values)
        .union(of("high", high, key, values))
        .union(of("found", found, key, values))
        .groupBy(key.stream().map(functions::col).toArray(Column[]::new))
        .agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new));
  }

  private static Dataset<Row> of(
      String side, Dataset<Row> rows, List<String> key, List<String> values) {
    return rows.select(
        Stream.concat(
                Stream.of(lit(side).as("side")),
                Stream.concat(key.stream(), values.stream()).map(functions::col))
            .toArray(Column[]::new));
  }

  private static Dataset<Row> renamed(Dataset<Row> doubtful) {
    Dataset<Row> renamed = doubtful;
    for (Counters counter : Counters.values()) {
      renamed = renamed.withColumnRenamed(counter.key(), "doubtful_" + counter.key());
    }
    return renamed;
  }

  private static Column streams(String top) {
    return aggregate(col(top), lit(0L), (sum, entry) -> sum.plus(entry.getField("streams")));
  }
}
