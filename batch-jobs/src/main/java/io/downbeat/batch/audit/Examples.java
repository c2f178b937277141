package io.downbeat.batch.audit;

import io.downbeat.batch.totals.Recount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** What differs, for whoever looks into it: names and values of {@link Comparison}'s rows. */
final class Examples {

  private Examples() {}

  static Map<String, String> ofCounts(Row row) {
    List<String> expected = new ArrayList<>();
    List<String> found = new ArrayList<>();
    long lowest = 0;
    long highest = 0;
    long served = 0;
    boolean tooLow = false;
    boolean tooHigh = false;
    for (String measure : Recount.MEASURES) {
      long low = row.getAs("low_" + measure);
      long high = row.getAs("high_" + measure);
      long value = row.getAs("found_" + measure);
      lowest += low;
      highest += high;
      served += value;
      if (row.<Long>getAs("off_" + measure) > 0) {
        tooLow |= value < low;
        tooHigh |= value > high;
        expected.add(measure + " " + (low == high ? low : low + " to " + high));
        found.add(measure + " " + value);
      }
    }
    Map<String, String> example = new LinkedHashMap<>();
    example.put("table", "counts");
    example.put(
        "problem",
        served == 0 && lowest > 0
            ? "missing"
            : highest == 0
                ? "unknown"
                : tooLow && tooHigh ? "wrong" : tooLow ? "too_low" : "too_high");
    for (String key : Recount.KEY) {
      example.put(key, row.getAs(key).toString());
    }
    example.put("expected", String.join(", ", expected));
    example.put("found", String.join(", ", found));
    return example;
  }

  static Map<String, String> ofChart(Row row) {
    List<Row> expected = row.getList(row.fieldIndex("high_top"));
    List<Row> found = row.getList(row.fieldIndex("found_top"));
    int rank = 0;
    while (rank < Math.min(expected.size(), found.size())
        && expected.get(rank).equals(found.get(rank))) {
      rank++;
    }
    Map<String, String> example = new LinkedHashMap<>();
    example.put("table", "charts");
    example.put("problem", found.isEmpty() ? "missing" : expected.isEmpty() ? "unknown" : "wrong");
    example.put("scope", row.getAs("scope"));
    example.put("window", row.getAs("window"));
    example.put("start", row.<Instant>getAs("start").toString());
    example.put("expected", entry(expected, rank));
    example.put("found", entry(found, rank));
    return example;
  }

  private static String entry(List<Row> top, int rank) {
    return rank == top.size()
        ? "%d entries".formatted(rank)
        : "%s with %d streams in place %d of %d"
            .formatted(top.get(rank).getString(0), top.get(rank).getLong(1), rank + 1, top.size());
  }
}
