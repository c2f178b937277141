package io.downbeat.ingest.owned;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.schemas.topics.Keys;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;

/** The statements that every table of owned state has in common: its head and its outbox. */
public final class OwnedTable {

  /** Most events that one reading of an outbox brings. */
  static final int MOST_EVENTS = 500;

  private static final HexFormat HEX = HexFormat.of();

  private final String name;
  private final TopicWriter<?> events;
  private final String nextVersion;
  private final String addEvent;
  private final String outbox;
  private final String version;
  private final String clear;

  /**
   * @param name of the table, whose key is (idColumn), section, key
   * @param events to which its changes go
   */
  public OwnedTable(String name, String idColumn, TopicWriter<?> events) {
    this.name = name;
    this.events = events;
    String head = "WHERE " + idColumn + " = ? AND section = '' AND key = ''";
    String section = "WHERE " + idColumn + " = ? AND section = 'outbox'";
    nextVersion = "UPDATE " + name + " SET version = ? " + head + " IF version = ?";
    addEvent =
        "INSERT INTO %s (%s, section, key, item_id, event) VALUES (?, 'outbox', ?, ?, ?)"
            .formatted(name, idColumn);
    outbox = "SELECT key, item_id, event FROM " + name + " " + section + " LIMIT " + MOST_EVENTS;
    version = "SELECT version FROM " + name + " " + head;
    clear = "DELETE FROM " + name + " " + section + " AND key <= ?";
  }

  public String name() {
    return name;
  }

  TopicWriter<?> events() {
    return events;
  }

  /**
   * @param version 0 if the partition is not there yet
   */
  Cassandra.Write nextVersion(UUID id, long version) {
    return Cassandra.Write.of(nextVersion, version + 1, id, version == 0 ? null : version);
  }

  /**
   * @param position among the events of the version
   */
  OutboxEvent event(long version, int position, SpecificRecord event) {
    String key = HEX.toHexDigits(version) + '/' + HEX.toHexDigits((short) position);
    return new OutboxEvent(key, Keys.of(event), events.encode(event));
  }

  Cassandra.Write add(UUID id, OutboxEvent event) {
    return Cassandra.Write.of(
        addEvent, id, event.key(), event.topicKey(), ByteBuffer.wrap(event.value()));
  }

  /** By version; {@link OutboxEvent#of}. */
  String outbox() {
    return outbox;
  }

  String version() {
    return version;
  }

  /** Up to and with a key. */
  Cassandra.Write clear(UUID id, String key) {
    return Cassandra.Write.of(clear, id, key);
  }

  /**
   * A row of an outbox.
   *
   * @param key by version, and position among the version's events
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
