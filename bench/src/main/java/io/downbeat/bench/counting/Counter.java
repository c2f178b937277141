package io.downbeat.bench.counting;

import io.downbeat.bench.machine.Classpath;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What counts, in a JVM of its own. */
enum Counter {
  JOB("the job that ships, state on the heap"),
  JOB_ON_ROCKSDB("the job that ships, state in RocksDB"),
  PLAIN("a plain loop over hash maps"),
  STREAMS("Kafka Streams, exactly once");

  final String words;

  Counter(String words) {
    this.words = words;
  }

  /** The same collector and heap for all. */
  private static List<String> jvmArgs(String heap) {
    return List.of(
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Xmx" + heap,
        "-Xms" + heap,
        "-Dfile.encoding=UTF-8",
        "-Duser.timezone=UTC");
  }

  ChildJvm jvm(Path checkout, OwnServers servers, String installation, String heap)
      throws IOException {
    Path state = servers.home().resolve(installation);
    ChildJvm.Spec spec =
        switch (this) {
          case JOB -> job(checkout, servers, installation, state, "hashmap");
          case JOB_ON_ROCKSDB -> job(checkout, servers, installation, state, "rocksdb");
          case PLAIN -> yardstick(PlainCounting.class, servers, installation, state);
          case STREAMS -> yardstick(StreamsCounting.class, servers, installation, state);
        };
    return new ChildJvm(
        spec.withJvmArgs(jvmArgs(heap))
            .withDeadlines(Duration.ofMinutes(4), Duration.ofSeconds(15)));
  }

  private ChildJvm.Spec job(
      Path checkout, OwnServers servers, String installation, Path state, String backend)
      throws IOException {
    int rest = Ports.free();
    Map<String, String> environment = new HashMap<>(servers.environment(installation));
    environment.put("FLINK_REST_PORT", Integer.toString(rest));
    environment.put("FLINK_METRICS_PORT", Integer.toString(Ports.free()));
    environment.put("STATE_DIR", state.toString());
    environment.put("STATE_BACKEND", backend);
    return new ChildJvm.Spec(
            servers.home(),
            name(installation),
            Classpath.ofModule(checkout, "stream-jobs"),
            "io.downbeat.stream.PlaysJob",
            Ready.answers(URI.create("http://127.0.0.1:" + rest + "/jobs/overview")))
        .withEnvironment(environment);
  }

  private ChildJvm.Spec yardstick(
      Class<?> main, OwnServers servers, String installation, Path state) {
    return new ChildJvm.Spec(
            servers.home(),
            name(installation),
            Classpath.ofThisProcess(),
            main.getName(),
            new Ready.Listens(servers.kafka().port()))
        .withArgs(
            servers.kafka().bootstrapServers(),
            installation,
            Integer.toString(servers.cassandra().port()),
            state.toString());
  }

  private String name(String installation) {
    return installation + "-" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
