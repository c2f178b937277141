package io.downbeat.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long after the call a play is counted where clients read. Each play is of a track of its own,
 * whose count is read until it says one. The yardstick is a plain consumer of the log beside it,
 * which is as early as any count could be.
 */
@Command(
    name = "freshness",
    mixinStandardHelpOptions = true,
    description = "From POST /v1/plays until GET /v1/counts/tracks/{id} says one.")
final class FreshnessBenchmark implements Callable<Integer> {
  private static final int AT_A_TIME = 4;
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Option(names = "--url", required = true, description = "The API's origin.")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(names = "--key-file", required = true, description = "Holds the service key.")
  private Path keyFile = Path.of(".downbeat/service-key");

  @Option(names = "--kafka", required = true, description = "The log, host:port.")
  private String kafka = "127.0.0.1:9092";

  @Option(names = "--quick", description = "100 plays instead of 500.")
  private boolean quick;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final JsonMapper json = new JsonMapper();

  /** Nanoseconds from the call on. */
  private record Seen(long acknowledged, long inTheLog, long counted) {}

  @Override
  public Integer call() throws Exception {
    String key = Files.readString(keyFile).strip();
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
        results.add(threads.submit(() -> follow(key, inTheLog)));
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
    return report(seen);
  }

  private int report(List<Seen> seen) throws IOException {
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("plays", seen.size());
    metrics.put("acknowledged_p50_ms", millis(seen, Seen::acknowledged, 0.5));
    metrics.put("acknowledged_p99_ms", millis(seen, Seen::acknowledged, 0.99));
    metrics.put("in_the_log_p50_ms", millis(seen, Seen::inTheLog, 0.5));
    metrics.put("in_the_log_p99_ms", millis(seen, Seen::inTheLog, 0.99));
    metrics.put("counted_p50_ms", millis(seen, Seen::counted, 0.5));
    metrics.put("counted_p99_ms", millis(seen, Seen::counted, 0.99));
    metrics.put("counted_worst_ms", millis(seen, Seen::counted, 1));
    Result result = new Result("freshness", metrics, Map.of("counted_p99_ms", 2_000));
    metrics.forEach((name, value) -> System.out.printf("%-24s %s%n", name, value));
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private static long millis(
      List<Seen> seen, java.util.function.ToLongFunction<Seen> what, double quantile) {
    long[] sorted = seen.stream().mapToLong(what).sorted().toArray();
    int rank = (int) Math.ceil(quantile * sorted.length);
    return TimeUnit.NANOSECONDS.toMillis(sorted[Math.max(0, rank - 1)]);
  }

  /** Posts one play and reads its track's count until it is there. */
  private Seen follow(String key, ConcurrentMap<UUID, Long> inTheLog)
      throws IOException, InterruptedException {
    UUID playId = UUID.randomUUID();
    UUID trackId = UUID.randomUUID();
    String play =
        "{\"play_id\":\"%s\",\"user_id\":\"%s\",\"track_id\":\"%s\",\"started_at\":\"%s\",\"played_millis\":180000}"
            .formatted(playId, UUID.randomUUID(), trackId, Instant.now());
    long start = System.nanoTime();
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(url.resolve("/v1/plays"))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(play))
                .build(),
            BodyHandlers.ofString());
    long acknowledged = System.nanoTime();
    if (answer.statusCode() != 202) {
      throw new IOException("POST /v1/plays answered " + answer.statusCode());
    }
    HttpRequest count = HttpRequest.newBuilder(url.resolve("/v1/counts/tracks/" + trackId)).build();
    long counted = 0;
    while (counted == 0) {
      String body = http.send(count, BodyHandlers.ofString()).body();
      if (json.readTree(body).path("totals").path("plays").asLong() == 1) {
        counted = System.nanoTime();
      } else if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException("A play was not counted within " + PATIENCE);
      } else {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    }
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
