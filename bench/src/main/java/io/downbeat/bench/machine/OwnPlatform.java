package io.downbeat.bench.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A platform that runs for this benchmark alone, started by {@code ./downbeat up}, with data and
 * ports of its own. One thread uses it; any may close it.
 */
public final class OwnPlatform implements AutoCloseable {
  /**
   * What fits on the disk of each server whose disk can be full. A disk is a tmpfs in a mount
   * namespace of the platform's own, which Linux gives to root and, mostly, to everyone.
   */
  private static final Map<String, String> DISKS = Map.of("kafka", "256m", "cassandra", "640m");

  private static final List<List<String>> WAYS_TO_A_NAMESPACE =
      List.of(List.of("unshare", "-m"), List.of("unshare", "-U", "-r", "-m"));

  private static final List<String> PORTS =
      List.of(
          "API",
          "INGEST",
          "SERVING",
          "FLINK",
          "FLINK_METRICS",
          "REGISTRY",
          "LAKE_CATALOG",
          "KAFKA",
          "KAFKA_CONTROLLER",
          "CASSANDRA",
          "CASSANDRA_STORAGE");

  /**
   * Below the ports that systems give to outgoing connections: a killed server gets its own back.
   */
  private static final int FIRST_PORT = 20_000;

  private static final int PORTS_END = 32_000;
  private static final Duration COMMAND = Duration.ofMinutes(30);
  private static final long LOOK_MILLIS = 500;
  private static final int CHUNK_BYTES = 1 << 20;
  private static final JsonMapper JSON = new JsonMapper();

  private final Path downbeat;
  private final Path directory;
  private final Map<String, String> environment = new TreeMap<>();
  private List<String> namespace = List.of();
  private boolean closed;

  public OwnPlatform(Path downbeat) throws IOException {
    this.downbeat = downbeat.toAbsolutePath();
    directory = Files.createTempDirectory("downbeat-bench");
    environment.put("DOWNBEAT_SKIP_BUILD", "1");
    environment.put("DOWNBEAT_DATA_DIR", data().toString());
    environment.put("DOWNBEAT_PORT_OFFSET", "0");
    int port = FIRST_PORT + ThreadLocalRandom.current().nextInt((PORTS_END - FIRST_PORT) / 2);
    for (String name : PORTS) {
      while (!isFree(port)) {
        port++;
      }
      environment.put("DOWNBEAT_" + name + "_PORT", Integer.toString(port++));
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private Path data() {
    return directory.resolve("data");
  }

  /** The store of sounds. */
  public Path sounds() {
    return data().resolve("sounds");
  }

  public Path directory() {
    return directory;
  }

  /**
   * Gives the servers disks that can be filled.
   *
   * @return why that can't be done here; empty where it is done
   */
  public String useSmallDisks() throws IOException, InterruptedException {
    String reason = "";
    for (List<String> way : WAYS_TO_A_NAMESPACE) {
      try {
        finish(inNamespace(way, List.of("true")));
        namespace = way;
        return "";
      } catch (IOException e) {
        reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      }
    }
    return reason;
  }

  private List<String> inNamespace(List<String> way, List<String> command) {
    StringBuilder script = new StringBuilder("set -e; ");
    DISKS.forEach(
        (part, size) -> {
          Path disk = data().resolve(part);
          script.append("mkdir -p '%s'; ".formatted(disk));
          script.append("mount -t tmpfs -o size=%s,mode=755 downbeat '%s'; ".formatted(size, disk));
        });
    script.append("exec \"$@\"");
    List<String> all = new ArrayList<>(way);
    all.addAll(List.of("sh", "-c", script.toString(), "sh"));
    all.addAll(command);
    return all;
  }

  /** Returns when everything is ready. What runs then ends with this JVM, if not before. */
  public void up() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::closeQuietly, "stop"));
    List<String> up = List.of(downbeat.toString(), "up", "--detach");
    finish(namespace.isEmpty() ? up : inNamespace(namespace, up));
  }

  public int apiPort() {
    return Integer.parseInt(environment.getOrDefault("DOWNBEAT_API_PORT", ""));
  }

  public URI lakeCatalog() {
    return URI.create("http://127.0.0.1:" + environment.get("DOWNBEAT_LAKE_CATALOG_PORT"));
  }

  public String serviceKey() throws IOException {
    return Files.readString(data().resolve("service-key")).strip();
  }

  /** The process of a part, once it is ready. */
  public long pidOfReady(String part, Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      JsonNode status = status();
      for (JsonNode each : status.path("parts")) {
        if (each.path("name").asText().equals(part)
            && each.path("state").asText().equals("ready")
            && each.has("pid")) {
          return each.path("pid").asLong();
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(part + " is not ready within " + patience + ": " + status);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  JsonNode status() throws IOException, InterruptedException {
    return JSON.readTree(output(List.of(downbeat.toString(), "status", "--json"), true));
  }

  /** What the supervisor wrote of late. */
  public String log() throws IOException, InterruptedException {
    return output(List.of(downbeat.toString(), "logs", "supervisor"), true);
  }

  /** kill -9; returns when the process has ended. */
  public void kill(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(
            process -> {
              process.destroyForcibly();
              process.onExit().join();
            });
  }

  public void signal(String signal, long pid) throws IOException, InterruptedException {
    finish(List.of("kill", "-" + signal, Long.toString(pid)));
  }

  /** For as long as this, not one more byte fits on a server's disk. */
  public void fill(String part, Duration length) throws IOException, InterruptedException {
    long supervisor = pidOfReady("supervisor", Duration.ZERO);
    Path filler = Path.of("/proc/" + supervisor + "/root" + data()).resolve(part).resolve("filler");
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel file =
        FileChannel.open(filler, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long end = System.nanoTime() + length.toNanos();
      while (System.nanoTime() < end) {
        try {
          file.write(chunk.clear());
        } catch (IOException e) {
          // Full; what the server gives back until the end is taken as well.
          TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS / 10);
        }
      }
    } finally {
      Files.deleteIfExists(filler);
    }
  }

  /**
   * Runs {@code ./downbeat} with these arguments.
   *
   * @return what it said
   * @throws IOException with what it said if it fails
   */
  public String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(downbeat.toString()));
    command.addAll(List.of(arguments));
    return finish(command);
  }

  private String finish(List<String> command) throws IOException, InterruptedException {
    return output(command, false);
  }

  private String output(List<String> command, boolean whateverItsEnd)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(COMMAND.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("Not within %s: %s".formatted(COMMAND, command));
      }
      String said = Files.readString(output);
      if (process.exitValue() != 0 && !whateverItsEnd) {
        throw new IOException(said.isEmpty() ? "exit code " + process.exitValue() : said);
      }
      return said;
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Stops what still runs; the data stays. From any thread; a second call does nothing. */
  @Override
  public synchronized void close() throws IOException, InterruptedException {
    if (closed) {
      return;
    }
    closed = true;
    finish(List.of(downbeat.toString(), "down"));
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      System.err.println("Cannot stop the platform: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public void deleteData() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
