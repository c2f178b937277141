package io.downbeat.access;

import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What topic {@code account-changes} said of accounts in the last 16 minutes, which is longer than
 * a token lives: what was said before is in every token that still counts.
 *
 * <p>A thread of its own follows the topic, without a group, milliseconds behind it. While broker
 * or registry are away, what is known is used on; whatever ends the following, it is begun again,
 * 16 minutes back, until it works. Reading a change twice changes nothing. Thread-safe.
 */
public final class AccountChanges implements AutoCloseable {

  /**
   * @param topicPrefix in front of the topic's name
   * @param clientId by which the broker's logs name this process
   * @param retryPause before following is begun again
   */
  public record Settings(
      String bootstrapServers, String topicPrefix, String clientId, Duration retryPause) {}

  private static final Logger LOG = LoggerFactory.getLogger(AccountChanges.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Settings settings;
  private final String topic;
  private final AvroWireCodec<AccountChange> codec;
  private final Clock clock;
  private final LatestChanges latest = new LatestChanges();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread following = new Thread(this::follow, "account-changes");
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private volatile @Nullable String obstacle = "not read yet";

  private AccountChanges(Settings settings, SchemaById schemas, Clock clock) {
    this.settings = settings;
    this.topic = Topics.ACCOUNT_CHANGES.withPrefix(settings.topicPrefix()).name();
    this.codec = new AvroWireCodec<>(AccountChange.class, schemas);
    this.clock = clock;
  }

  /**
   * Reads in the background; until all was read that was there at the start, {@link #obstacle} says
   * so.
   */
  public static AccountChanges follow(Settings settings, SchemaById schemas, Clock clock) {
    AccountChanges changes = new AccountChanges(settings, schemas, clock);
    changes.following.setDaemon(true);
    changes.following.start();
    return changes;
  }

  /**
   * The token as it counts now, with the plan of the account's newest change; empty if its session
   * is over.
   */
  public Optional<AccessToken> now(AccessToken token, Instant now) {
    return latest.now(token, now);
  }

  public boolean isCaughtUp() {
    return obstacle().isEmpty();
  }

  /** What keeps changes from being known, within seconds; empty if nothing does. */
  public Optional<String> obstacle() {
    String current = obstacle;
    if (current == null && latest.dropped() > 0) {
      return Optional.of("more accounts change than fit; some changes were forgotten");
    }
    return Optional.ofNullable(current);
  }

  @Override
  public void close() {
    closed.countDown();
    KafkaConsumer<byte[], byte[]> current = consumer;
    if (current != null) {
      current.wakeup();
    }
    try {
      following.join(CLOSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    while (isOpen()) {
      try (KafkaConsumer<byte[], byte[]> attempt = consumer()) {
        consumer = attempt;
        follow(attempt);
      } catch (WakeupException | InterruptException e) {
        LOG.debug("Ends", e);
      } catch (TimeoutException e) {
        note("the broker does not answer");
      } catch (RuntimeException e) {
        note("cannot be read: " + e.getClass().getSimpleName());
        LOG.debug("Begins again", e);
      }
      pause();
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> attempt) {
    List<TopicPartition> partitions = partitions(attempt);
    if (partitions.isEmpty()) {
      note("the topic is missing; create the topics");
      return;
    }
    Map<TopicPartition, Long> ends = attempt.endOffsets(partitions, PATIENCE);
    begin(attempt, partitions, ends);
    long looked = System.nanoTime();
    while (isOpen()) {
      attempt.poll(POLL).forEach(this::read);
      boolean reached = hasReached(attempt, ends);
      if (reached) {
        note(null);
      }
      if (System.nanoTime() - looked >= LOOK.toNanos()) {
        if (!reached) {
          note("is behind the log");
        }
        ends = attempt.endOffsets(partitions, PATIENCE);
        looked = System.nanoTime();
      }
    }
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> attempt) {
    List<PartitionInfo> found = attempt.partitionsFor(topic, PATIENCE);
    return found == null
        ? List.of()
        : found.stream().map(each -> new TopicPartition(topic, each.partition())).toList();
  }

  /**
   * @param ends asked for before the beginnings: what comes in between is read
   */
  private void begin(
      KafkaConsumer<byte[], byte[]> attempt,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> ends) {
    long since = clock.instant().minus(LatestChanges.KEPT).toEpochMilli();
    Map<TopicPartition, @Nullable OffsetAndTimestamp> first =
        attempt.offsetsForTimes(
            partitions.stream().collect(Collectors.toMap(Function.identity(), each -> since)),
            PATIENCE);
    attempt.assign(partitions);
    for (TopicPartition each : partitions) {
      OffsetAndTimestamp found = first.get(each);
      attempt.seek(each, found == null ? ends.getOrDefault(each, 0L) : found.offset());
    }
  }

  private static boolean hasReached(
      KafkaConsumer<byte[], byte[]> attempt, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> attempt.position(end.getKey(), PATIENCE) >= end.getValue());
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    while (value != null && isOpen()) {
      try {
        latest.put(codec.decode(value));
        return;
      } catch (MalformedValueException e) {
        LOG.warn(
            "Skips a record that cannot be used: topic {}, partition {}, offset {}",
            record.topic(),
            record.partition(),
            record.offset());
        return;
      } catch (IOException e) {
        note("waits for the schema registry");
        pause();
      }
    }
  }

  private void note(@Nullable String now) {
    String before = obstacle;
    obstacle = now;
    if (now == null && before != null) {
      LOG.info("Account changes are known");
    } else if (now != null && !now.equals(before)) {
      LOG.warn("Topic {} {}; keeps trying", topic, now);
    }
  }

  private void pause() {
    try {
      closed.await(settings.retryPause().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed.countDown();
    }
  }

  private boolean isOpen() {
    return closed.getCount() > 0;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.ofEntries(
            Map.entry("bootstrap.servers", settings.bootstrapServers()),
            Map.entry("client.id", settings.clientId() + "-account-changes"),
            Map.entry("enable.auto.commit", false),
            Map.entry("allow.auto.create.topics", false),
            Map.entry("auto.offset.reset", "none"),
            Map.entry("max.poll.records", 5_000),
            Map.entry("reconnect.backoff.max.ms", 1_000L),
            Map.entry("request.timeout.ms", 5_000),
            Map.entry("default.api.timeout.ms", 5_000),
            Map.entry("metric.reporters", ""),
            Map.entry("enable.metrics.push", false)),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
