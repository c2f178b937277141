package io.downbeat.batch.snapshots;

import io.downbeat.schemas.rules.Plan;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * Accounts from the rows of their partitions, in which the head comes first; one at a time. Ids
 * under which there never was an account are left out.
 */
final class AccountRows implements Iterator<Row> {
  private static final String HEAD = "";
  private static final String DEVICE = "device";
  private static final Set<String> STATES = Set.of("active", "deleting", "deleted");

  private final Iterator<com.datastax.oss.driver.api.core.cql.Row> rows;
  private com.datastax.oss.driver.api.core.cql.@Nullable Row first;
  private @Nullable Row next;

  AccountRows(Iterator<com.datastax.oss.driver.api.core.cql.Row> rows) {
    this.rows = rows;
    this.first = rows.hasNext() ? rows.next() : null;
    this.next = read();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Row next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    Row account = next;
    next = read();
    return account;
  }

  private @Nullable Row read() {
    while (first != null) {
      com.datastax.oss.driver.api.core.cql.Row head = first;
      Map<String, Integer> devices = new TreeMap<>();
      com.datastax.oss.driver.api.core.cql.Row row = head;
      while (row != null && id(row).equals(id(head))) {
        if (DEVICE.equals(row.getString("section"))) {
          devices.merge(
              Objects.requireNonNullElse(row.getString("type"), "unknown"), 1, Integer::sum);
        }
        row = rows.hasNext() ? rows.next() : null;
      }
      first = row;
      String state = head.getString("state");
      if (HEAD.equals(head.getString("section")) && state != null && STATES.contains(state)) {
        return account(head, state, devices);
      }
    }
    return null;
  }

  private static Row account(
      com.datastax.oss.driver.api.core.cql.Row head, String state, Map<String, Integer> devices) {
    return RowFactory.create(
        id(head).toString(),
        state,
        head.getString("country"),
        head.getInstant("created_at"),
        Objects.requireNonNullElse(head.getString("plan"), Plan.FREE.key()),
        head.getInstant("plan_from"),
        head.getInstant("plan_until"),
        devices.entrySet().stream()
            .map(device -> RowFactory.create(device.getKey(), device.getValue()))
            .toArray(Row[]::new));
  }

  private static UUID id(com.datastax.oss.driver.api.core.cql.Row row) {
    return Objects.requireNonNull(row.getUuid("user_id"));
  }
}
