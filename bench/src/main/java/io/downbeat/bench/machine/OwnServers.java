package io.downbeat.bench.machine;

import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.Kafka;
import io.downbeat.local.servers.LakeCatalog;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.Registry;
import io.downbeat.local.servers.Server;
import io.downbeat.local.servers.Setup;
import io.downbeat.local.servers.jvm.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Servers of one benchmark, on ports that were free, with their data in a directory that goes with
 * them. The platform of the user is left alone.
 */
public final class OwnServers implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofMinutes(4);
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(20);

  private final Path home;
  private final Kafka kafka;
  private final Cassandra cassandra;
  private final Registry registry;
  private final LakeCatalog lakeCatalog;
  private final Map<Server, ChildJvm> running = new HashMap<>();

  /**
   * @param parent in which the directory is made
   */
  public OwnServers(Path parent) throws IOException {
    Files.createDirectories(parent);
    home = Files.createTempDirectory(parent, "bench").toAbsolutePath();
    kafka = new Kafka(home, Ports.free(), Ports.free());
    cassandra = new Cassandra(home, Ports.free(), Ports.free());
    registry = new Registry(home, Ports.free());
    lakeCatalog = new LakeCatalog(home, Ports.free());
  }

  /** Starts those that a benchmark needs, at once, and returns when they are ready. */
  public OwnServers start(Server... servers) throws InterruptedException {
    for (Server server : servers) {
      ChildJvm child = new ChildJvm(server.prepare().withDeadlines(READY_WITHIN, STOPPED_WITHIN));
      running.put(server, child);
      child.start();
    }
    for (Server server : servers) {
      process(server).awaitReady();
    }
    return this;
  }

  public Path home() {
    return home;
  }

  public Kafka kafka() {
    return kafka;
  }

  public Cassandra cassandra() {
    return cassandra;
  }

  public Registry registry() {
    return registry;
  }

  public LakeCatalog lakeCatalog() {
    return lakeCatalog;
  }

  /** Topics with their schemas, and the keyspace, of one installation among others here. */
  public void create(String installation) {
    Setup.topics(kafka.bootstrapServers(), installation + "-");
    Setup.subjects(registry.url(), installation + "-");
    if (running.containsKey(cassandra)) {
      Setup.keyspace(cassandra.contactPoint(), Cassandra.DATACENTER, installation, 1);
    }
  }

  public void drop(String installation) {
    Setup.dropTopics(kafka.bootstrapServers(), installation + "-");
    if (running.containsKey(cassandra)) {
      Setup.dropKeyspace(cassandra.contactPoint(), Cassandra.DATACENTER, installation);
    }
  }

  /** What an app is told of an installation, as environment variables. */
  public Map<String, String> environment(String installation) {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS",
        kafka.bootstrapServers(),
        "TOPIC_PREFIX",
        installation + "-",
        "SCHEMA_REGISTRY_URL",
        registry.url().toString(),
        "CASSANDRA_CONTACT_POINT",
        "127.0.0.1:" + cassandra.port(),
        "CASSANDRA_KEYSPACE",
        installation,
        "LAKE_CATALOG_URL",
        lakeCatalog.uri().toString(),
        "LAKE_NAMESPACE",
        installation);
  }

  /** CPU seconds that a server has taken. */
  public double cpuSeconds(Server server) throws IOException {
    return Cpu.seconds(pid(server));
  }

  public long pid(Server server) {
    return process(server).pid().orElseThrow();
  }

  private ChildJvm process(Server server) {
    ChildJvm child = running.get(server);
    if (child == null) {
      throw new IllegalStateException(server.name() + " was not started");
    }
    return child;
  }

  @Override
  public void close() throws IOException {
    running.values().forEach(ChildJvm::kill);
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).forEach(all::add);
    }
    all.stream().map(Path::toFile).forEach(File::delete);
  }
}
