package io.downbeat.bench.owned;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What tables and log hold in the end, beside what was acknowledged. */
final class Kept implements AutoCloseable {
  private static final Duration PUBLISHED_WITHIN = Duration.ofMinutes(4);
  private static final long LOOK_MILLIS = 200;

  private final OwnServers servers;
  private final String installation;
  private final CqlSession session;

  Kept(OwnServers servers, String installation) {
    this.servers = servers;
    this.installation = installation;
    session =
        CqlSession.builder()
            .addContactPoint(servers.cassandra().contactPoint())
            .withLocalDatacenter(Cassandra.DATACENTER)
            .withKeyspace(CqlIdentifier.fromInternal(installation))
            .build();
  }

  /** Returns once everything is published. */
  void awaitPublished() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PUBLISHED_WITHIN.toNanos();
    while (session.execute("SELECT id FROM unpublished LIMIT 1").one() != null) {
      if (System.nanoTime() > deadline) {
        throw new IOException("Not everything is published within " + PUBLISHED_WITHIN);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /**
   * How many users' tables or log tell something else than what was acknowledged.
   *
   * @param signIns since the account was made, by user
   * @param follows by user
   */
  int wrong(List<UUID> users, Map<UUID, AtomicLong> signIns, Map<UUID, AtomicLong> follows)
      throws Exception {
    Map<UUID, Set<Long>> accountVersions = new HashMap<>();
    read(
        Topics.ACCOUNT_CHANGES,
        (AccountChange change) -> note(accountVersions, change.getUserId(), change.getVersion()));
    Map<UUID, Set<Long>> libraryVersions = new HashMap<>();
    read(
        Topics.LIBRARY_CHANGES,
        (LibraryChange change) -> note(libraryVersions, change.getUserId(), change.getVersion()));
    int wrong = 0;
    for (UUID user : users) {
      long changes = 1 + count(signIns, user);
      long artists = count(follows, user);
      boolean right =
          version("accounts", user) == changes
              && accountVersions.getOrDefault(user, Set.of()).size() == changes
              && version("library", user) == artists
              && libraryVersions.getOrDefault(user, Set.of()).size() == artists
              && rows(user, "followed_artists") == artists
              && rows(user, "followed_artists_newest") == artists
              && size(user) == artists
              && rows(user, "outbox") == 0;
      wrong += right ? 0 : 1;
    }
    return wrong;
  }

  private static void note(Map<UUID, Set<Long>> versions, UUID user, long version) {
    versions.computeIfAbsent(user, absent -> new HashSet<>()).add(version);
  }

  private static long count(Map<UUID, AtomicLong> counts, UUID user) {
    AtomicLong count = counts.get(user);
    return count == null ? 0 : count.get();
  }

  private long version(String table, UUID user) {
    Row head =
        session
            .execute(
                "SELECT version FROM " + table + " WHERE user_id = ? AND section = '' AND key = ''",
                user)
            .one();
    return head == null ? 0 : head.getLong("version");
  }

  private long rows(UUID user, String section) {
    Row counted =
        session
            .execute(
                "SELECT COUNT(*) FROM library WHERE user_id = ? AND section = ?", user, section)
            .one();
    return counted == null ? 0 : counted.getLong(0);
  }

  private long size(UUID user) {
    Row head =
        session
            .execute(
                "SELECT sizes FROM library WHERE user_id = ? AND section = '' AND key = ''", user)
            .one();
    Map<String, Integer> sizes =
        head == null ? null : head.getMap("sizes", String.class, Integer.class);
    return sizes == null ? 0 : sizes.getOrDefault("followed_artists", 0);
  }

  private <V extends SpecificRecord> void read(Topic<V> named, Consumer<V> each) throws Exception {
    Topic<V> topic = named.withPrefix(installation + "-");
    AvroWireCodec<V> codec =
        new AvroWireCodec<>(topic.valueType(), id -> topic.schema().toString());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                servers.kafka().bootstrapServers(),
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic.name()).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList());
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          each.accept(codec.decode(record.value()));
        }
      }
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
