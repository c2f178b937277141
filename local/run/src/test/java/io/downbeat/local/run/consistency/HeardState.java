package io.downbeat.local.run.consistency;

import io.downbeat.local.run.consistency.KeptState.LibraryState;
import io.downbeat.local.run.consistency.Writers.Listener;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.LibraryList;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Owned state as somebody knows it who has only read the log, from its beginning.
 *
 * @param accounts by user, in the order of the log
 * @param libraries by user; those of one thing in the order of the log
 */
record HeardState(
    Map<UUID, List<AccountChange>> accounts, Map<UUID, List<LibraryChange>> libraries) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static HeardState of(Fresh log) throws Exception {
    return new HeardState(
        read(log, Topics.ACCOUNT_CHANGES).stream()
            .collect(Collectors.groupingBy(AccountChange::getUserId)),
        read(log, Topics.LIBRARY_CHANGES).stream()
            .collect(Collectors.groupingBy(LibraryChange::getUserId)));
  }

  private static <V extends SpecificRecord> List<V> read(Fresh log, Topic<V> named)
      throws Exception {
    Topic<V> topic = named.withPrefix(log.topicPrefix());
    AvroWireCodec<V> codec =
        new AvroWireCodec<>(topic.valueType(), id -> topic.schema().toString());
    List<V> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", log.bootstrapServers(), "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("Cannot read " + topic.name() + " to its end");
        }
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          values.add(codec.decode(record.value()));
        }
      }
    }
    return values;
  }

  /** In what it differs from what is kept, or can have misled somebody on the way. */
  List<String> differences(List<Listener> listeners, KeptState kept) {
    List<String> all = new ArrayList<>();
    for (Listener listener : listeners) {
      all.addAll(
          differences(
              accounts.getOrDefault(listener.userId(), List.of()),
              kept.account(listener.userId()),
              listener.userId()));
      all.addAll(
          differences(
              libraries.getOrDefault(listener.userId(), List.of()),
              kept.library(listener.userId()),
              listener.userId()));
    }
    return all;
  }

  private static List<String> differences(
      List<AccountChange> heard, KeptState.AccountState kept, UUID user) {
    List<String> all = new ArrayList<>();
    AccountChange last =
        heard.stream().max(Comparator.comparing(AccountChange::getVersion)).orElse(null);
    if (last == null
        || last.getState() != AccountState.ACTIVE
        || last.getVersion() > kept.version()
        || !last.getPlan().name().equals(kept.plan().name())
        || !devices(last).equals(kept.devices())) {
      all.add("Of account %s was heard last %s, and it is %s".formatted(user, last, kept));
    }
    all.addAll(disorder(heard, AccountChange::getVersion));
    return all;
  }

  private static Set<UUID> devices(AccountChange change) {
    return change.getDevices().stream().map(AccountDevice::getDeviceId).collect(Collectors.toSet());
  }

  private static List<String> differences(List<LibraryChange> heard, LibraryState kept, UUID user) {
    List<String> all = new ArrayList<>();
    Map<LibraryList, Map<UUID, Instant>> lists = new EnumMap<>(LibraryList.class);
    KeptState.LISTS.forEach(list -> lists.put(list, new HashMap<>()));
    heard.stream()
        .sorted(Comparator.comparing(LibraryChange::getVersion))
        .forEach(change -> apply(change, lists));
    if (!lists.equals(kept.lists())) {
      all.add("Of library %s was heard %s, and it is %s".formatted(user, lists, kept));
    }
    Set<Long> missing =
        LongStream.rangeClosed(1, kept.version()).boxed().collect(Collectors.toSet());
    heard.forEach(change -> missing.remove(change.getVersion()));
    if (!missing.isEmpty()) {
      all.add("Of library %s were never heard versions %s".formatted(user, missing));
    }
    heard.stream()
        .collect(Collectors.groupingBy(LibraryChange::getItemId))
        .values()
        .forEach(ofOne -> all.addAll(disorder(ofOne, LibraryChange::getVersion)));
    return all;
  }

  private static void apply(LibraryChange change, Map<LibraryList, Map<UUID, Instant>> lists) {
    Map<UUID, Instant> list = lists.get(change.getList());
    if (change.getAddedAt() == null) {
      list.remove(change.getItemId());
    } else {
      list.put(change.getItemId(), change.getAddedAt());
    }
  }

  /** A version may be repeated, but is heard first after all below it. */
  private static <V> List<String> disorder(List<V> heard, Function<V, Long> version) {
    Set<Long> firsts = new LinkedHashSet<>(heard.stream().map(version).toList());
    List<Long> inOrder = firsts.stream().sorted().toList();
    return List.copyOf(firsts).equals(inOrder)
        ? List.of()
        : List.of("Versions were heard in the order %s".formatted(firsts));
  }
}
