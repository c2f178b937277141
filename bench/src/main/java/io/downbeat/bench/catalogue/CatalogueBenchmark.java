package io.downbeat.bench.catalogue;

import io.downbeat.bench.Result;
import io.downbeat.bench.machine.Classpath;
import io.downbeat.bench.machine.Cpu;
import io.downbeat.bench.machine.OwnIngest;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A file of invented tracks with all that a track may have, posted to {@code /v1/catalog} in one
 * request: how long it takes, and the CPU time of ingest-api and of the broker. Beside it a
 * producer alone, which sends the same records, already encoded, with the same acknowledgements.
 * Every line is looked for in the log afterwards, field by field.
 */
@Command(
    name = "catalogue",
    mixinStandardHelpOptions = true,
    description = "Tracks a second through POST /v1/catalog, beside the producer alone.")
public final class CatalogueBenchmark implements Callable<Integer> {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final int WARM_UP = 150_000;

  /** As {@code ./downbeat up} starts ingest-api. */
  private static final List<String> YARDSTICK_ARGS = List.of("-XX:+UseSerialGC", "-Xmx1200m");

  @Option(names = "--checkout", required = true, description = "Where the modules were built.")
  private Path checkout = Path.of(".");

  @Option(names = "--work", required = true, description = "Directory for the servers' data.")
  private Path work = Path.of("target");

  @Option(
      names = "--quick",
      description = "One round of 300,000 tracks instead of three of a million.")
  private boolean quick;

  /** Seconds for a million tracks. */
  private record Took(double cpu, double brokerCpu, double clock) {}

  private record Found(int lost, int wrong, long records) {}

  @Override
  public Integer call() throws Exception {
    int tracks = quick ? 300_000 : 1_000_000;
    int rounds = quick ? 1 : 3;
    Map<String, Number> metrics = new LinkedHashMap<>();
    try (OwnServers servers = new OwnServers(work)) {
      servers.start(servers.kafka(), servers.registry());
      servers.create("ingest");
      int port = Ports.free();
      ChildJvm ingest = OwnIngest.of(checkout, servers, "ingest", port, KEY);
      try {
        ingest.start();
        ingest.awaitReady();
        Path file = servers.home().resolve("tracks.ndjson");
        TrackLines.write(file, 0, WARM_UP);
        Upload.post(port, KEY, file);

        long bytes = TrackLines.write(file, 0, tracks);
        metrics.put("tracks", tracks);
        metrics.put("line_bytes", bytes / tracks);
        List<Took> ours = new ArrayList<>();
        List<Took> alone = new ArrayList<>();
        long accepted = WARM_UP;
        for (int round = 0; round < rounds; round++) {
          ours.add(measure(servers, ingest, port, file, tracks));
          accepted += tracks;
          Found found = find(servers, tracks);
          if (found.records() != accepted) {
            throw new IOException(
                "%d lines were accepted, the log holds %d".formatted(accepted, found.records()));
          }
          metrics.put("lost", found.lost());
          metrics.put("wrong", found.wrong());
          alone.add(producerAlone(servers, round, tracks));
        }
        report(metrics, ours, alone);
      } finally {
        ingest.stop();
      }
    }
    Map<String, Number> goals = new LinkedHashMap<>();
    goals.put("lost", 0);
    goals.put("wrong", 0);
    goals.put("s_per_million", 50);
    Result result = new Result("catalogue", metrics, goals);
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private static void report(Map<String, Number> metrics, List<Took> ours, List<Took> alone) {
    metrics.put("s_per_million", median(ours, Took::clock));
    metrics.put("tracks_per_s", Math.round(1e6 / median(ours, Took::clock)));
    metrics.put("ingest_cpu_s_per_million", median(ours, Took::cpu));
    metrics.put("broker_cpu_s_per_million", median(ours, Took::brokerCpu));
    metrics.put("producer_records_per_s", Math.round(1e6 / median(alone, Took::clock)));
    metrics.put("producer_cpu_s_per_million", median(alone, Took::cpu));
    metrics.put("producer_broker_cpu_s_per_million", median(alone, Took::brokerCpu));
    metrics.put(
        "ours_to_producer_cpu", rounded(median(ours, Took::cpu) / median(alone, Took::cpu)));
  }

  private static Took measure(OwnServers servers, ChildJvm ingest, int port, Path file, int tracks)
      throws IOException {
    double cpu = Cpu.seconds(ingest.pid().orElseThrow());
    double brokerCpu = servers.cpuSeconds(servers.kafka());
    long start = System.nanoTime();
    long accepted = Upload.post(port, KEY, file);
    Took took =
        perMillion(
            tracks,
            Cpu.seconds(ingest.pid().orElseThrow()) - cpu,
            servers.cpuSeconds(servers.kafka()) - brokerCpu,
            (System.nanoTime() - start) / 1e9);
    if (accepted != tracks) {
      throw new IOException("Of %d lines %d were accepted".formatted(tracks, accepted));
    }
    print("catalog", took);
    return took;
  }

  private static Took producerAlone(OwnServers servers, int round, int tracks) throws IOException {
    String name = "alone" + round;
    servers.create(name);
    ChildJvm jvm =
        new ChildJvm(
            new ChildJvm.Spec(
                    servers.home(),
                    "producer",
                    Classpath.ofThisProcess(),
                    SentAgain.class.getName(),
                    new Ready.Listens(servers.kafka().port()))
                .withJvmArgs(YARDSTICK_ARGS)
                .withArgs(
                    servers.kafka().bootstrapServers(),
                    topic("ingest").name(),
                    topic(name).name(),
                    Integer.toString(WARM_UP),
                    Integer.toString(tracks),
                    Long.toString(servers.pid(servers.kafka()))));
    jvm.start();
    int exit = jvm.onExit().join();
    String tail = jvm.logTail().strip();
    if (exit != 0) {
      throw new IOException("The producer failed:\n" + tail);
    }
    SentAgain.Took took = SentAgain.Took.of(tail.substring(tail.lastIndexOf('\n') + 1));
    Took perMillion = perMillion(took.records(), took.cpu(), took.brokerCpu(), took.clock());
    print("producer", perMillion);
    servers.drop(name);
    return perMillion;
  }

  private static void print(String name, Took took) {
    System.out.printf(
        Locale.ROOT,
        "%-10s %,9.0f tracks a second; a million take %.1f s of CPU time, and %.1f s of the broker's%n",
        name,
        1e6 / took.clock(),
        took.cpu(),
        took.brokerCpu());
  }

  /** Reads the whole topic. */
  private static Found find(OwnServers servers, int tracks) throws Exception {
    AvroWireCodec<Track> codec =
        new AvroWireCodec<>(Track.class, id -> Track.getClassSchema().toString());
    BitSet found = new BitSet(tracks);
    long records = 0;
    int wrong = 0;
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
          consumer.partitionsFor(topic("ingest").name()).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList());
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          Track track = codec.decode(record.value());
          int n = TrackLines.number(track.getTrackId());
          track.setUpdatedAt(Instant.EPOCH);
          wrong += track.equals(TrackLines.track(n)) ? 0 : 1;
          found.set(n);
          records++;
        }
      }
    }
    return new Found(tracks - found.cardinality(), wrong, records);
  }

  private static Topic<Track> topic(String installation) {
    return Topics.TRACKS.withPrefix(installation + "-");
  }

  private static Took perMillion(long records, double cpu, double brokerCpu, double clock) {
    double millions = records / 1e6;
    return new Took(cpu / millions, brokerCpu / millions, clock / millions);
  }

  private static double median(List<Took> all, ToDoubleFunction<Took> part) {
    double[] sorted = all.stream().mapToDouble(part).sorted().toArray();
    return rounded(sorted[sorted.length / 2]);
  }

  private static double rounded(double value) {
    return Math.round(100 * value) / 100.0;
  }
}
