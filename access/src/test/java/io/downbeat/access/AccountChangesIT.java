package io.downbeat.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountPlan;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.avro.DeviceType;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The topic on a real broker, which dies and comes back. */
final class AccountChangesIT {
  @RegisterExtension
  static final Servers SERVERS = Servers.own(Path.of("target", "account-changes-servers"));

  private static final Fresh FRESH = SERVERS.fresh().createTopics(List.of(Topics.ACCOUNT_CHANGES));
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SCHEMA_ID = 7;

  private final AtomicBoolean registryIsAway = new AtomicBoolean();
  private final AvroWireCodec<AccountChange> codec =
      new AvroWireCodec<>(AccountChange.class, this::schema);

  private String schema(int id) throws IOException {
    if (registryIsAway.get()) {
      throw new IOException("away");
    }
    assertThat(id).isEqualTo(SCHEMA_ID);
    return Topics.ACCOUNT_CHANGES.schema().toString();
  }

  private AccountChanges follow(String prefix) {
    return AccountChanges.follow(
        new AccountChanges.Settings(
            FRESH.bootstrapServers(), prefix, "test", Duration.ofMillis(100)),
        this::schema,
        Clock.systemUTC());
  }

  private static AccessToken token(UUID user, UUID session, long version) {
    return new AccessToken(
        user, UUID.randomUUID(), session, Plan.FREE, version, Instant.now().plusSeconds(600));
  }

  private static AccountChange change(UUID user, long version, AccountPlan plan, UUID... sessions) {
    return AccountChange.newBuilder()
        .setUserId(user)
        .setVersion(version)
        .setState(AccountState.ACTIVE)
        .setPlan(plan)
        .setDevices(
            List.of(sessions).stream()
                .map(each -> new AccountDevice(UUID.randomUUID(), DeviceType.WEB, each))
                .toList())
        .setChangedAt(Instant.now())
        .build();
  }

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", FRESH.bootstrapServers(), "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void put(KafkaProducer<byte[], byte[]> producer, AccountChange change) throws Exception {
    put(producer, change.getUserId(), codec.encode(change, SCHEMA_ID));
  }

  private static void put(KafkaProducer<byte[], byte[]> producer, UUID user, byte[] value)
      throws Exception {
    String topic = Topics.ACCOUNT_CHANGES.withPrefix(FRESH.topicPrefix()).name();
    producer
        .send(new ProducerRecord<>(topic, Uuids.toBytes(user), value))
        .get(30, TimeUnit.SECONDS);
  }

  private static void within(Duration limit, Supplier<Boolean> isSo, Supplier<?> seen) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!isSo.get()) {
      assertThat(System.nanoTime()).as("seen: %s", seen.get()).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  @Test
  void changesFromBeforeTheStartAndSinceDecideAndOutagesAreSurvived() throws Exception {
    UUID user = UUID.randomUUID();
    UUID session = UUID.randomUUID();
    AccessToken token = token(user, session, 1);
    Instant now = Instant.now();
    ChildJvm kafka = SERVERS.process(SERVERS.kafka());
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      put(producer, change(user, 3, AccountPlan.PREMIUM, session));
      put(producer, change(user, 2, AccountPlan.FREE)); // Late: a lower version decides nothing.
      put(producer, user, new byte[] {1, 2, 3});
      put(producer, user, null);
      for (int i = 0; i < 20; i++) {
        put(producer, change(UUID.randomUUID(), 1, AccountPlan.FREE));
      }
      registryIsAway.set(true);

      try (AccountChanges changes = follow(FRESH.topicPrefix())) {
        assertThat(changes.isCaughtUp()).isFalse();
        assertThat(changes.now(token, now)).contains(token);
        within(
            LIMIT,
            () -> changes.obstacle().equals(Optional.of("waits for the schema registry")),
            changes::obstacle);
        registryIsAway.set(false);
        within(LIMIT, changes::isCaughtUp, changes::obstacle);
        assertThat(changes.now(token, now)).contains(token.withPlan(Plan.PREMIUM));

        put(producer, change(user, 4, AccountPlan.PREMIUM));
        within(Duration.ofSeconds(5), () -> changes.now(token, now).isEmpty(), changes::obstacle);

        kafka.kill();
        within(LIMIT, () -> !changes.isCaughtUp(), changes::obstacle);
        assertThat(changes.obstacle()).contains("the broker does not answer");
        assertThat(changes.now(token, now)).isEmpty();
        kafka.start();
        kafka.awaitReady();
        put(producer, change(user, 5, AccountPlan.FAMILY, session));
        within(LIMIT, changes::isCaughtUp, changes::obstacle);
        within(
            Duration.ofSeconds(5),
            () -> changes.now(token, now).equals(Optional.of(token.withPlan(Plan.FAMILY))),
            changes::obstacle);
      }
    }
  }

  @Test
  void anEmptyTopicIsKnownAndAMissingOneIsTold() {
    Fresh other = SERVERS.fresh();
    try (AccountChanges changes = follow(other.topicPrefix())) {
      within(
          LIMIT,
          () -> changes.obstacle().orElse("").contains("the topic is missing"),
          changes::obstacle);
      other.createTopics(List.of(Topics.ACCOUNT_CHANGES));
      within(LIMIT, changes::isCaughtUp, changes::obstacle);
    }
  }
}
