package io.downbeat.local.run.platform;

import io.downbeat.local.run.supervise.Part;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.Kafka;
import io.downbeat.local.servers.LakeCatalog;
import io.downbeat.local.servers.Registry;
import io.downbeat.local.servers.Server;
import io.downbeat.local.servers.Setup;
import io.downbeat.local.servers.jvm.ChildJvm;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What runs on one machine, in the order of the data's way: the servers, what they must hold, the
 * apps.
 */
public final class Platform {
  /** Every process beside the supervisor. */
  public static final List<String> PARTS =
      List.of(
          "kafka",
          "cassandra",
          "registry",
          "lake-catalog",
          "ingest-api",
          "serving-api",
          "stream-jobs");

  /** Seconds where the machine is idle; a machine that is busy with other things gets its time. */
  static final Duration READY_WITHIN = Duration.ofMinutes(3);

  private static final String KEYSPACE = "downbeat";

  private Platform() {}

  static List<Part> parts(Home home, RunConfig config) {
    RunConfig.Ports ports = config.ports();
    Kafka kafka = kafka(home, ports);
    Cassandra cassandra = cassandra(home, ports);
    Registry registry = registry(home, ports);
    LakeCatalog lakeCatalog = new LakeCatalog(home.data(), ports.lakeCatalog());
    Apps apps = new Apps(home, config);
    FlinkJob job = new FlinkJob(ports.flink());
    return List.of(
        new Part("kafka", Set.of(), server(kafka)),
        new Part("cassandra", Set.of(), server(cassandra)),
        new Part("registry", Set.of(), server(registry)),
        new Part("lake-catalog", Set.of(), server(lakeCatalog)),
        new Part("topics", Set.of("kafka"), new Work(() -> makeTopics(kafka))),
        new Part("schemas", Set.of("registry"), new Work(() -> registerSchemas(registry))),
        new Part("tables", Set.of("cassandra"), new Work(() -> makeTables(cassandra))),
        new Part(
            "ingest-api", Set.of("topics", "schemas"), new JvmChild(apps::ingestApi, () -> true)),
        new Part(
            "serving-api",
            Set.of("topics", "schemas", "tables"),
            new JvmChild(apps::servingApi, () -> true)),
        new Part(
            "stream-jobs",
            Set.of("topics", "schemas", "tables", "lake-catalog"),
            StreamHold.heeding(home, new JvmChild(apps::streamJobs, new JobRuns(job)))));
  }

  /**
   * Makes what code that is newer than the supervisor needs of the servers that run.
   *
   * @throws RuntimeException if one refuses it; what was there before stays as it was
   */
  public static void prepare(Home home, RunConfig config) {
    RunConfig.Ports ports = config.ports();
    makeTopics(kafka(home, ports));
    registerSchemas(registry(home, ports));
    makeTables(cassandra(home, ports));
  }

  private static Kafka kafka(Home home, RunConfig.Ports ports) {
    return new Kafka(home.data(), ports.kafka(), ports.kafkaController());
  }

  private static Cassandra cassandra(Home home, RunConfig.Ports ports) {
    return new Cassandra(home.data(), ports.cassandra(), ports.cassandraStorage());
  }

  private static Registry registry(Home home, RunConfig.Ports ports) {
    return new Registry(home.data(), ports.registry());
  }

  private static void makeTopics(Kafka kafka) {
    Setup.topics(kafka.bootstrapServers(), "");
  }

  private static void registerSchemas(Registry registry) {
    Setup.subjects(registry.url(), "");
  }

  private static void makeTables(Cassandra cassandra) {
    Setup.keyspace(cassandra.contactPoint(), Cassandra.DATACENTER, KEYSPACE, 1);
  }

  private static JvmChild server(Server server) {
    return new JvmChild(
        () -> {
          ChildJvm.Spec spec = server.prepare();
          return spec.withDeadlines(READY_WITHIN, spec.stopWithin());
        },
        () -> true);
  }

  /** Where each part is reached. */
  public static Map<String, String> addresses(RunConfig config) {
    RunConfig.Ports ports = config.ports();
    Map<String, String> all = new LinkedHashMap<>();
    all.put("supervisor", "http://127.0.0.1:" + ports.api());
    all.put("kafka", "127.0.0.1:" + ports.kafka());
    all.put("cassandra", "127.0.0.1:" + ports.cassandra());
    all.put("registry", "http://127.0.0.1:" + ports.registry() + "/apis/ccompat/v7");
    all.put("lake-catalog", "http://127.0.0.1:" + ports.lakeCatalog());
    all.put("ingest-api", "http://127.0.0.1:" + ports.ingest());
    all.put("serving-api", "http://127.0.0.1:" + ports.serving());
    all.put("stream-jobs", "http://127.0.0.1:" + ports.flink());
    return all;
  }
}
