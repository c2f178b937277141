package io.downbeat.local.servers.junit;

import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.Kafka;
import io.downbeat.local.servers.LakeCatalog;
import io.downbeat.local.servers.Registry;
import io.downbeat.local.servers.Server;
import io.downbeat.local.servers.jvm.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Real servers for a test class, each started when it is first asked for. Register it as a static
 * field:
 *
 * <pre>{@code
 * @RegisterExtension static final Servers SERVERS = Servers.shared();
 * static final Fresh FRESH = SERVERS.fresh().createTopics().createTables();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Servers implements AfterAllCallback {
  private static final class Shared {
    static final ServerSet SET = Build.servers();
  }

  private final ServerSet set;
  private final boolean own;
  private final Queue<Fresh> fresh = new ConcurrentLinkedQueue<>();

  private Servers(ServerSet set, boolean own) {
    this.set = set;
    this.own = own;
  }

  /**
   * The servers of this build, shared by all its tests, that end with it. They can't be stopped by
   * a test.
   */
  public static Servers shared() {
    return new Servers(Shared.SET, false);
  }

  /** Servers of this test class alone, to kill and start again; they end with it. */
  public static Servers own(Path home) {
    return new Servers(
        new ServerSet(home, ProcessHandle.current().pid(), List.of("-XX:TieredStopAtLevel=1")),
        true);
  }

  /** Names that nobody else uses. What it creates is dropped after the test class. */
  public Fresh fresh() {
    Fresh made = new Fresh(this);
    fresh.add(made);
    return made;
  }

  public Kafka kafka() {
    return set.kafka();
  }

  public Cassandra cassandra() {
    return set.cassandra();
  }

  public Registry registry() {
    return set.registry();
  }

  public LakeCatalog lakeCatalog() {
    return set.lakeCatalog();
  }

  /** The process of an own server, to kill, stop and start; it keeps its data and its ports. */
  public ChildJvm process(Server server) {
    if (!own) {
      throw new IllegalStateException(
          "Cannot control " + server.name() + ": other tests share it. Use Servers.own(directory)");
    }
    return set.process(server);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (own) {
      set.stop();
    } else {
      fresh.forEach(Fresh::drop);
    }
  }
}
