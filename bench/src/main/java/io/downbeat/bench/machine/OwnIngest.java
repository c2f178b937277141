package io.downbeat.bench.machine;

import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An ingest-api of one benchmark, on {@link OwnServers}, of which Cassandra need not run. */
public final class OwnIngest {

  /** What it and those beside it get of the machine. */
  public static final List<String> JVM_ARGS =
      List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Xmx192m", "-Xss512k");

  private static final String SECRET = "b3Nl".repeat(12);

  private OwnIngest() {}

  /**
   * Not started yet.
   *
   * @param checkout where the modules were built
   * @param installation whose topics it writes
   * @param key of trusted callers
   */
  public static ChildJvm of(
      Path checkout, OwnServers servers, String installation, int port, String key)
      throws IOException {
    Map<String, String> environment = new HashMap<>(servers.environment(installation));
    environment.put("INGEST_PORT", Integer.toString(port));
    environment.put(
        "SERVICE_KEY_FILE", Files.writeString(servers.home().resolve("key"), key).toString());
    environment.put(
        "ACCOUNT_SECRET_FILE",
        Files.writeString(servers.home().resolve("account-secret"), SECRET).toString());
    environment.put("TOKEN_KEYS_DIR", servers.home().resolve("token-keys").toString());
    return new ChildJvm(
        new ChildJvm.Spec(
                servers.home(),
                "ingest-api",
                Classpath.ofModule(checkout, "ingest-api"),
                "io.downbeat.ingest.IngestApi",
                new Ready.LogLine("The log can be written to"))
            .withJvmArgs(JVM_ARGS)
            .withEnvironment(environment));
  }
}
