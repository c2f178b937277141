package io.downbeat.local.run.consistency;

import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The ingest-api that ships, in a process and a directory of its own. */
final class IngestProcess implements AutoCloseable {
  static final String KEY = "key-of-the-test-0123456789";

  private static final Path MODULE = Path.of("../../ingest-api/target");
  private static final String SECRET = "c2VjcmV0".repeat(8);

  private final ChildJvm process;
  private final URI origin;

  /** Not started yet. */
  IngestProcess(Path home, Fresh log, InetSocketAddress cassandra, String keyspace)
      throws IOException {
    int port = Ports.free();
    origin = URI.create("http://127.0.0.1:" + port);
    Files.createDirectories(home);
    process =
        new ChildJvm(
            new ChildJvm.Spec(
                    home,
                    "ingest-api",
                    classpath(),
                    "io.downbeat.ingest.IngestApi",
                    Ready.answers(origin.resolve("/readyz")))
                .withJvmArgs(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
                .withDeadlines(Duration.ofSeconds(90), Duration.ofSeconds(15))
                .withEnvironment(
                    Map.ofEntries(
                        Map.entry("INGEST_PORT", Integer.toString(port)),
                        Map.entry("KAFKA_BOOTSTRAP_SERVERS", log.bootstrapServers()),
                        Map.entry("TOPIC_PREFIX", log.topicPrefix()),
                        Map.entry("SCHEMA_REGISTRY_URL", log.registryUrl().toString()),
                        Map.entry(
                            "CASSANDRA_CONTACT_POINT",
                            cassandra.getHostString() + ":" + cassandra.getPort()),
                        Map.entry("CASSANDRA_KEYSPACE", keyspace),
                        Map.entry("SERVICE_KEY_FILE", file(home, "service-key", KEY)),
                        Map.entry("ACCOUNT_SECRET_FILE", file(home, "account-secret", SECRET)),
                        Map.entry(
                            "TOKEN_KEYS_DIR",
                            home.toAbsolutePath().resolve("token-keys").toString()))));
  }

  IngestProcess start() throws InterruptedException {
    process.start();
    process.awaitReady();
    return this;
  }

  URI origin() {
    return origin;
  }

  @Override
  public void close() {
    process.stop();
  }

  private static String file(Path home, String name, String text) throws IOException {
    return Files.writeString(home.resolve(name), text + "\n").toAbsolutePath().toString();
  }

  private static List<Path> classpath() throws IOException {
    List<Path> all = new ArrayList<>(List.of(MODULE.resolve("classes").toAbsolutePath()));
    Stream.of(Files.readString(MODULE.resolve("classpath")).strip().split(File.pathSeparator))
        .map(Path::of)
        .forEach(all::add);
    return all;
  }
}
