package io.downbeat.local.run.platform;

import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How each of Downbeat's own apps is started here, from the classes that the build left in its
 * module.
 */
final class Apps {
  /** Memory before speed of the collector: nothing here has a heap that takes long to collect. */
  static final List<String> JVM_ARGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:ReservedCodeCacheSize=96m",
          "-Xss512k",
          "-Dfile.encoding=UTF-8",
          "-Duser.timezone=UTC",
          "-Djava.awt.headless=true");

  private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

  private final Home home;
  private final RunConfig config;

  Apps(Home home, RunConfig config) {
    this.home = home;
    this.config = config;
  }

  ChildJvm.Spec ingestApi() {
    return app(
        "ingest-api",
        classpath("ingest-api"),
        "io.downbeat.ingest.IngestApi",
        config.heaps().ingest(),
        List.of("-XX:MaxMetaspaceSize=96m"),
        Map.of(
            "INGEST_HOST", "127.0.0.1",
            "INGEST_PORT", Integer.toString(config.ports().ingest()),
            "SERVICE_KEY_FILE", home.serviceKey().toString(),
            "ACCOUNT_SECRET_FILE", home.accountSecret().toString(),
            "TOKEN_KEYS_DIR", home.data().resolve("token-keys").toString()),
        Ready.answers(URI.create("http://127.0.0.1:" + config.ports().ingest() + "/readyz")));
  }

  ChildJvm.Spec servingApi() {
    return app(
        "serving-api",
        classpath("serving-api"),
        "io.downbeat.serving.ServingApi",
        config.heaps().serving(),
        List.of("-XX:MaxMetaspaceSize=128m"),
        Map.of(
            "SERVING_HOST", "127.0.0.1",
            "SERVING_PORT", Integer.toString(config.ports().serving()),
            "SERVICE_KEY_FILE", home.serviceKey().toString(),
            "DEMO_LISTENERS_FILE", home.data().resolve("demo-listeners.json").toString(),
            "SOUND_DIR", home.sounds().toString(),
            "SOUND_KEYS_DIR", home.soundKeys().toString(),
            "STATE_DIR", home.data().resolve("serving-api").toString()),
        Ready.answers(URI.create("http://127.0.0.1:" + config.ports().serving() + "/readyz")));
  }

  ChildJvm.Spec streamJobs() {
    return streamJobs("io.downbeat.stream.PlaysJob");
  }

  /**
   * Flink's working files are of one run: what a killed one left is deleted. The heap has its full
   * size at once, and room for what lives as long as a flush or a snapshot: from a small one that
   * goes into the old generation, whose collection stops counting for most of a second.
   */
  ChildJvm.Spec streamJobs(String mainClass) {
    Path working = emptied(home.data().resolve("stream-jobs-tmp"));
    return app(
        "stream-jobs",
        StreamCode.classpath(home),
        mainClass,
        config.heaps().stream(),
        List.of(
            "-Xms" + config.heaps().stream(),
            "-XX:SurvivorRatio=3",
            "-XX:MaxMetaspaceSize=256m",
            "-Djava.io.tmpdir=" + working),
        Map.of(
            "FLINK_REST_PORT", Integer.toString(config.ports().flink()),
            "FLINK_METRICS_PORT", Integer.toString(config.ports().flinkMetrics()),
            "OPEN_WINDOW_DAYS", Integer.toString(config.openWindowDays()),
            "STATE_BACKEND", RunConfig.load(home.settings()).stateBackend(),
            "STATE_DIR", home.data().resolve("stream-jobs").toString()),
        Ready.answers(URI.create("http://127.0.0.1:" + config.ports().flink() + "/jobs/overview")));
  }

  /** Where the servers are, for every app. */
  Map<String, String> servers() {
    return Map.of(
        "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + config.ports().kafka(),
        "SCHEMA_REGISTRY_URL", "http://127.0.0.1:" + config.ports().registry() + "/apis/ccompat/v7",
        "CASSANDRA_CONTACT_POINT", "127.0.0.1:" + config.ports().cassandra(),
        "LAKE_CATALOG_URL", "http://127.0.0.1:" + config.ports().lakeCatalog());
  }

  private ChildJvm.Spec app(
      String module,
      List<Path> classpath,
      String mainClass,
      long heapBytes,
      List<String> jvmArgs,
      Map<String, String> environment,
      Ready ready) {
    Map<String, String> all = new HashMap<>(servers());
    all.putAll(environment);
    return new ChildJvm.Spec(home.data(), module, classpath, mainClass, ready)
        .withJvmArgs(JVM_ARGS)
        .withJvmArgs(List.of("-Xmx" + heapBytes))
        .withJvmArgs(jvmArgs)
        .withEnvironment(all)
        .withDeadlines(Platform.READY_WITHIN, STOP_WITHIN);
  }

  private static Path emptied(Path directory) {
    try {
      StreamCode.delete(directory);
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot empty " + directory, e);
    }
  }

  List<Path> classpath(String module) {
    return classpath(home, module);
  }

  static List<Path> classpath(Home home, String module) {
    Path target = home.checkout().resolve(module).resolve("target");
    Path file = target.resolve("classpath");
    try {
      List<Path> all = new ArrayList<>(List.of(target.resolve("classes")));
      Stream.of(Files.readString(file).trim().split(File.pathSeparator))
          .filter(entry -> !entry.isEmpty())
          .map(Path::of)
          .forEach(all::add);
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot start %s: %s is missing. Build it: mvn -DskipTests package"
              .formatted(module, file),
          e);
    }
  }
}
