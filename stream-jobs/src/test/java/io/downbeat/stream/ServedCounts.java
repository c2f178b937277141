package io.downbeat.stream;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.HashMap;
import java.util.Map;

/** What the table of counts holds. */
final class ServedCounts {

  private ServedCounts() {}

  /** Every measure of every bucket: kind, id, granularity, start, measure. */
  static Map<String, Long> all(CqlSession session) {
    Map<String, Long> totals = new HashMap<>();
    for (Row row : session.execute("SELECT * FROM counts")) {
      String bucket =
          "%s %s %s %s "
              .formatted(
                  row.getString("kind"),
                  row.getUuid("id"),
                  row.getString("granularity"),
                  row.getInstant("start"));
      row.getMap("measures", String.class, Long.class)
          .forEach((measure, total) -> totals.put(bucket + measure, total));
    }
    return totals;
  }

  /** By kind and id: how many like or follow it. */
  static Map<String, Long> fans(CqlSession session) {
    Map<String, Long> fans = new HashMap<>();
    all(session)
        .forEach(
            (cell, total) -> {
              String[] words = cell.split(" ");
              if (words[4].endsWith("_added")) {
                fans.merge(words[0] + " " + words[1], total, Long::sum);
              } else if (words[4].endsWith("_removed")) {
                fans.merge(words[0] + " " + words[1], -total, Long::sum);
              }
            });
    return fans;
  }

  /** Of everything, over all its days. */
  static long ofEverything(CqlSession session, String measure) {
    return all(session).entrySet().stream()
        .filter(total -> total.getKey().matches("everything .* day .* " + measure))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
