package io.downbeat.local.servers;

import io.downbeat.local.servers.jvm.ChildJvm;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * A Cassandra cluster on this machine, for tests: a JVM of some 700 MB for each node, at an address
 * of its own in 127.0.0.0/8, of which Linux has all. A node keeps its data and its address over a
 * kill and a stop; another object has other addresses, so give it another home.
 *
 * <p>Nodes count from 0. Thread-safe.
 */
public final class CassandraCluster implements AutoCloseable {
  private static final List<String> JVM_ARGS =
      List.of("-Xms128m", "-Xmx400m", "-XX:TieredStopAtLevel=1");
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration WHOLE_WITHIN = Duration.ofMinutes(2);

  private final List<Cassandra> nodes;
  private final List<ChildJvm> processes;

  /** Not started yet. */
  public CassandraCluster(Path home, int size) {
    List<String> addresses = addresses(size);
    int port = Ports.free();
    int storagePort = Ports.free();
    nodes =
        IntStream.range(0, size)
            .mapToObj(index -> new Cassandra(home, port, storagePort, addresses, index))
            .toList();
    List<String> copies = List.of("-Dcassandra.system_distributed.default_rf=" + size);
    processes =
        nodes.stream()
            .map(node -> new ChildJvm(node.prepare().withJvmArgs(JVM_ARGS).withJvmArgs(copies)))
            .toList();
  }

  /** In a network that it shares with no other cluster but by a rare chance. */
  private static List<String> addresses(int size) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String network = "127.%d.%d.".formatted(random.nextInt(1, 255), random.nextInt(256));
    return IntStream.rangeClosed(1, size).mapToObj(host -> network + host).toList();
  }

  /** Starts all nodes at once; returns when each reaches all others. */
  public void start() throws InterruptedException {
    processes.forEach(ChildJvm::start);
    for (ChildJvm process : processes) {
      process.awaitReady();
    }
    awaitWhole();
  }

  /** Returns when the node serves clients, which is before all others know of it. */
  public void start(int node) throws InterruptedException {
    processes.get(node).start();
    processes.get(node).awaitReady();
  }

  /** SIGKILL; returns when the node has ended, which is before the others know of it. */
  public void kill(int node) {
    processes.get(node).kill();
  }

  /** Returns when each node reaches all others; all must serve clients. */
  public void awaitWhole() throws InterruptedException {
    long deadline = System.nanoTime() + WHOLE_WITHIN.toNanos();
    for (Cassandra node : nodes) {
      while (!Setup.reachesAll(node.contactPoint(), Cassandra.DATACENTER)) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              node.name() + " does not reach all nodes after " + WHOLE_WITHIN);
        }
        Thread.sleep(LOOK.toMillis());
      }
    }
  }

  public List<InetSocketAddress> contactPoints() {
    return nodes.stream().map(Cassandra::contactPoint).toList();
  }

  public ChildJvm process(int node) {
    return processes.get(node);
  }

  /** SIGTERM to all nodes, one after another. */
  public void stop() {
    processes.forEach(ChildJvm::stop);
  }

  /** Kills all nodes: what they hold in memory is lost, what they have answered is not. */
  @Override
  public void close() {
    processes.forEach(ChildJvm::kill);
  }
}
