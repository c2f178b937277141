package io.downbeat.bench.freshness;

import io.downbeat.bench.Result;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long after the call a play is counted where clients read. Each play is of a track of its own,
 * whose count is read until it says one. The yardstick is a plain consumer of the log beside it,
 * which is as early as any count could be. Then the same for a few plays among many, at shares of
 * the highest rate that goes on: {@link UnderLoad#topRate}.
 */
@Command(
    name = "freshness",
    mixinStandardHelpOptions = true,
    description = "From POST /v1/plays until GET /v1/counts/tracks/{id} says one.")
public final class FreshnessBenchmark implements Callable<Integer> {
  private static final int AT_A_TIME = 4;
  private static final int[] PERCENT_OF_TOP = {10, 50, 80};

  @Option(names = "--url", required = true, description = "The API's origin.")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(names = "--key-file", required = true, description = "Holds the service key.")
  private Path keyFile = Path.of(".downbeat/service-key");

  @Option(names = "--kafka", required = true, description = "The log, host:port.")
  private String kafka = "127.0.0.1:9092";

  @Option(names = "--quick", description = "A fifth of the plays.")
  private boolean quick;

  /** Nanoseconds from the call on. */
  private record Seen(long acknowledged, long inTheLog, long counted) {}

  @Override
  public Integer call() throws Exception {
    Api api = new Api(url, Files.readString(keyFile).strip());
    int plays = quick ? 100 : 500;
    System.out.printf("%d plays, %d at a time, each of a track of its own%n", plays, AT_A_TIME);

    ConcurrentMap<UUID, Long> inTheLog = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME + 1);
    List<Seen> seen = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumerAtTheEnd()) {
      Future<?> reading = threads.submit(() -> read(consumer, inTheLog, done));
      List<Future<Seen>> results = new ArrayList<>();
      for (int i = 0; i < plays; i++) {
        results.add(threads.submit(() -> follow(api, inTheLog)));
      }
      for (Future<Seen> result : results) {
        seen.add(result.get());
        if (seen.size() % 100 == 0) {
          System.out.printf("  %d of %d%n", seen.size(), plays);
        }
      }
      done.set(true);
      reading.get();
    } finally {
      threads.shutdownNow();
    }
    Map<String, Number> metrics = new LinkedHashMap<>();
    alone(seen, metrics);
    underLoad(new UnderLoad(api), metrics);
    Result result =
        new Result(
            "freshness",
            metrics,
            Map.of("counted_p99_ms", 2_000, "counted_after_answer_at_50_p99_ms", 1_500));
    metrics.forEach((name, value) -> System.out.printf("%-36s %s%n", name, value));
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private void underLoad(UnderLoad load, Map<String, Number> metrics)
      throws IOException, InterruptedException {
    Duration length = quick ? Duration.ofSeconds(10) : Duration.ofSeconds(40);
    double top = load.topRate(length.dividedBy(2));
    metrics.put("top_plays_per_s", Math.round(top));
    for (int percent : PERCENT_OF_TOP) {
      long[] nanos = load.follow(top * percent / 100, length).nanos();
      String name = "counted_after_answer_at_" + percent;
      metrics.put(name + "_p50_ms", Latencies.millis(nanos, 0.5));
      metrics.put(name + "_p99_ms", Latencies.millis(nanos, 0.99));
      System.out.printf(
          "At %d %% of the highest that goes on: p50 %s ms, p99 %s ms%n",
          percent, metrics.get(name + "_p50_ms"), metrics.get(name + "_p99_ms"));
    }
  }

  private static void alone(List<Seen> seen, Map<String, Number> metrics) {
    metrics.put("plays", seen.size());
    metrics.put("acknowledged_p50_ms", millis(seen, Seen::acknowledged, 0.5));
    metrics.put("acknowledged_p99_ms", millis(seen, Seen::acknowledged, 0.99));
    metrics.put("in_the_log_p50_ms", millis(seen, Seen::inTheLog, 0.5));
    metrics.put("in_the_log_p99_ms", millis(seen, Seen::inTheLog, 0.99));
    metrics.put("counted_p50_ms", millis(seen, Seen::counted, 0.5));
    metrics.put("counted_p99_ms", millis(seen, Seen::counted, 0.99));
    metrics.put("counted_worst_ms", millis(seen, Seen::counted, 1));
  }

  private static long millis(List<Seen> seen, ToLongFunction<Seen> what, double quantile) {
    return Latencies.millis(seen.stream().mapToLong(what).toArray(), quantile);
  }

  /** Posts one play and reads its track's count until it is there. */
  private static Seen follow(Api api, ConcurrentMap<UUID, Long> inTheLog)
      throws IOException, InterruptedException {
    UUID playId = UUID.randomUUID();
    UUID trackId = UUID.randomUUID();
    long start = System.nanoTime();
    api.post(Api.play(playId, UUID.randomUUID(), trackId));
    long acknowledged = System.nanoTime();
    long counted = api.awaitCounted(trackId);
    Long logged = inTheLog.remove(playId);
    return new Seen(
        acknowledged - start, (logged == null ? counted : logged) - start, counted - start);
  }

  private KafkaConsumer<byte[], byte[]> consumerAtTheEnd() {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.PLAYS.name()).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  private static void read(
      KafkaConsumer<byte[], byte[]> consumer,
      ConcurrentMap<UUID, Long> inTheLog,
      AtomicBoolean done) {
    AvroWireCodec<Play> codec =
        new AvroWireCodec<>(Play.class, id -> Play.getClassSchema().toString());
    while (!done.get()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        try {
          inTheLog.put(codec.decode(record.value()).getPlayId(), System.nanoTime());
        } catch (IOException | AvroWireCodec.MalformedValueException e) {
          throw new IllegalStateException("A record of the log that is no play", e);
        }
      }
    }
  }
}
