package io.downbeat.ingest.owned;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.schemas.topics.Keys;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/**
 * The statements that every table of owned state has in common: its head and its outbox.
 *
 * @param name of the table, whose key is (idColumn), section, key
 * @param events to which its changes go
 */
public record OwnedTable(String name, String idColumn, TopicWriter<?> events) {

  /** Most events that one reading of an outbox brings. */
  static final int MOST_EVENTS = 500;

  private static final String OUTBOX = "outbox";

  /**
   * @param version 0 if the partition is not there yet
   */
  Cassandra.Write nextVersion(UUID id, long version) {
    return Cassandra.Write.of(
        "UPDATE %s SET version = ? WHERE %s = ? AND section = '' AND key = '' IF version = ?"
            .formatted(name, idColumn),
        version + 1,
        id,
        version == 0 ? null : version);
  }

  /**
   * @param position among the events of the version
   */
  Cassandra.Write addEvent(UUID id, long version, int position, SpecificRecord event) {
    return Cassandra.Write.of(
        "INSERT INTO %s (%s, section, key, item_id, event) VALUES (?, '%s', ?, ?, ?)"
            .formatted(name, idColumn, OUTBOX),
        id,
        String.format(Locale.ROOT, "%016x/%04x", version, position),
        Keys.of(event),
        ByteBuffer.wrap(events.encode(event)));
  }

  /** By version; {@link OutboxEvent#of}. */
  String outbox() {
    return "SELECT key, item_id, event FROM %s WHERE %s = ? AND section = '%s' LIMIT %d"
        .formatted(name, idColumn, OUTBOX, MOST_EVENTS);
  }

  String version() {
    return "SELECT version FROM %s WHERE %s = ? AND section = '' AND key = ''"
        .formatted(name, idColumn);
  }

  /** Up to and with a key. */
  Cassandra.Write clear(UUID id, String key) {
    return Cassandra.Write.of(
        "DELETE FROM %s WHERE %s = ? AND section = '%s' AND key <= ?"
            .formatted(name, idColumn, OUTBOX),
        id,
        key);
  }

  /**
   * A row of an outbox.
   *
   * @param topicKey under which the event stands in its topic
   * @param value in the topic's wire format
   */
  record OutboxEvent(String key, UUID topicKey, byte[] value) {
    static OutboxEvent of(Row row) {
      ByteBuffer event = row.getByteBuffer("event");
      UUID topicKey = row.getUuid("item_id");
      String key = row.getString("key");
      if (event == null || topicKey == null || key == null) {
        throw new IllegalStateException("An outbox holds a row without key or event");
      }
      byte[] value = new byte[event.remaining()];
      event.get(value);
      return new OutboxEvent(key, topicKey, value);
    }

    static List<OutboxEvent> of(List<Row> rows) {
      return rows.stream().map(OutboxEvent::of).toList();
    }
  }
}
