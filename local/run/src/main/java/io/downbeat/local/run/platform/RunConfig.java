package io.downbeat.local.run.platform;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * What a user can set of the platform on one machine; reference.conf explains each setting.
 *
 * @param heaps the largest Java heap of each app, in bytes
 * @param openWindowDays how many days the stream counts
 * @param stateBackend of stream-jobs: hashmap or rocksdb
 */
public record RunConfig(Ports ports, Heaps heaps, int openWindowDays, String stateBackend) {
  private static final Set<String> STATE_BACKENDS = Set.of("hashmap", "rocksdb");

  public RunConfig {
    if (!STATE_BACKENDS.contains(stateBackend)) {
      throw new IllegalArgumentException(
          "Cannot use '%s' for downbeat.state-backend: it is hashmap or rocksdb"
              .formatted(stateBackend));
    }
  }

  /** All on 127.0.0.1, the offset already added. */
  public record Ports(
      int api,
      int ingest,
      int serving,
      int flink,
      int flinkMetrics,
      int registry,
      int lakeCatalog,
      int kafka,
      int kafkaController,
      int cassandra,
      int cassandraStorage) {

    /** By their names in the configuration, in its order. */
    public Map<String, Integer> byName() {
      Map<String, Integer> all = new LinkedHashMap<>();
      all.put("api", api);
      all.put("ingest", ingest);
      all.put("serving", serving);
      all.put("flink", flink);
      all.put("flink-metrics", flinkMetrics);
      all.put("registry", registry);
      all.put("lake-catalog", lakeCatalog);
      all.put("kafka", kafka);
      all.put("kafka-controller", kafkaController);
      all.put("cassandra", cassandra);
      all.put("cassandra-storage", cassandraStorage);
      return all;
    }
  }

  public record Heaps(long ingest, long serving, long stream, long batch) {}

  /** Environment over {@code file} over reference.conf; the file need not exist. */
  public static RunConfig load(Path file) {
    try {
      return from(
          ConfigFactory.parseResources("environment.conf")
              .withFallback(
                  ConfigFactory.parseFile(
                      file.toFile(), ConfigParseOptions.defaults().setAllowMissing(true)))
              .withFallback(ConfigFactory.parseResources("reference.conf"))
              .resolve());
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          "Cannot use the settings (%s and DOWNBEAT_… variables): %s"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  static RunConfig from(Config config) {
    int offset = config.getInt("downbeat.port-offset");
    ToIntFunction<String> port = name -> port(config, "downbeat.ports." + name, offset);
    Ports ports =
        new Ports(
            port.applyAsInt("api"),
            port.applyAsInt("ingest"),
            port.applyAsInt("serving"),
            port.applyAsInt("flink"),
            port.applyAsInt("flink-metrics"),
            port.applyAsInt("registry"),
            port.applyAsInt("lake-catalog"),
            port.applyAsInt("kafka"),
            port.applyAsInt("kafka-controller"),
            port.applyAsInt("cassandra"),
            port.applyAsInt("cassandra-storage"));
    requireDistinct(ports);
    return new RunConfig(
        ports,
        new Heaps(
            config.getBytes("downbeat.heaps.ingest-api"),
            config.getBytes("downbeat.heaps.serving-api"),
            config.getBytes("downbeat.heaps.stream-jobs"),
            config.getBytes("downbeat.heaps.batch-jobs")),
        config.getInt("downbeat.open-window-days"),
        config.getString("downbeat.state-backend"));
  }

  /** The one origin of the API. */
  public URI api() {
    return URI.create("http://127.0.0.1:" + ports.api());
  }

  private static int port(Config config, String key, int offset) {
    int port = config.getInt(key) + offset;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "Cannot use port %d for %s (downbeat.port-offset is %d): a port is from 1 to 65535"
              .formatted(port, key, offset));
    }
    return port;
  }

  private static void requireDistinct(Ports ports) {
    Map<Integer, String> names = new LinkedHashMap<>();
    ports
        .byName()
        .forEach(
            (name, port) -> {
              String other = names.putIfAbsent(port, name);
              if (other != null) {
                throw new IllegalArgumentException(
                    "Cannot use port %d for both %s and %s: give downbeat.ports.%s another"
                        .formatted(port, other, name, name));
              }
            });
  }
}
