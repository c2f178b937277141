package io.downbeat.local.servers.junit;

import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.Kafka;
import io.downbeat.local.servers.LakeCatalog;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.Registry;
import io.downbeat.local.servers.Server;
import io.downbeat.local.servers.jvm.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The servers of one directory, each started when it is first asked for, on ports that are drawn
 * once and kept in {@code <name>.ports}. Several JVMs may use one directory: a file lock makes one
 * of them start a server, and the others find it ready. Thread-safe.
 */
final class ServerSet {
  private static final int PORTS_EACH = 2;

  private final Path home;
  private final long owner;
  private final List<String> jvmArgs;
  private final Map<String, ChildJvm> children = new HashMap<>();

  ServerSet(Path home, long owner, List<String> jvmArgs) {
    this.home = home.toAbsolutePath().normalize();
    this.owner = owner;
    this.jvmArgs = jvmArgs;
  }

  Kafka kafka() {
    return running("kafka", ports -> new Kafka(home, ports.get(0), ports.get(1)));
  }

  Cassandra cassandra() {
    return running("cassandra", ports -> new Cassandra(home, ports.get(0), ports.get(1)));
  }

  Registry registry() {
    return running("registry", ports -> new Registry(home, ports.get(0)));
  }

  LakeCatalog lakeCatalog() {
    return running("lake-catalog", ports -> new LakeCatalog(home, ports.get(0)));
  }

  /** The process of a server that this JVM started. */
  synchronized ChildJvm process(Server server) {
    ChildJvm child = children.get(server.name());
    if (child == null) {
      throw new IllegalStateException(
          "Cannot control " + server.name() + ": another JVM started it");
    }
    return child;
  }

  synchronized void stop() {
    children.values().forEach(ChildJvm::stop);
  }

  private synchronized <T extends Server> T running(String name, Function<List<Integer>, T> make) {
    try {
      Files.createDirectories(home);
      try (FileChannel lock =
          FileChannel.open(
              home.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        lock.lock();
        T server = make.apply(ports(home.resolve(name + ".ports")));
        if (ChildJvm.find(home, name).isEmpty()) {
          start(server);
        }
        return server;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use " + home, e);
    }
  }

  private void start(Server server) {
    ChildJvm child = new ChildJvm(server.prepare().withJvmArgs(jvmArgs), owner);
    child.start();
    try {
      child.awaitReady();
    } catch (InterruptedException e) {
      child.kill();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted before " + server.name() + " was ready", e);
    }
    children.put(server.name(), child);
  }

  private static List<Integer> ports(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.write(
          file, Stream.generate(Ports::free).map(String::valueOf).limit(PORTS_EACH).toList());
    }
    return Files.readAllLines(file).stream().map(Integer::valueOf).toList();
  }
}
