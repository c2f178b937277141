package io.downbeat.ingest;

import com.typesafe.config.ConfigFactory;
import io.downbeat.local.servers.junit.Fresh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Settings of an ingest-api on a free port, for a test's servers. */
final class Settings {

  private Settings() {}

  static IngestConfig on(Fresh fresh, Map<String, ?> more) {
    return on(fresh.bootstrapServers(), fresh.registryUrl().toString(), fresh.topicPrefix(), more);
  }

  /** With a Cassandra too. */
  static IngestConfig withTables(Fresh fresh, Map<String, ?> more) {
    Map<String, Object> all = new HashMap<>(more);
    all.put("cassandra.contact-point", "127.0.0.1:" + fresh.cassandra().getPort());
    all.put("cassandra.keyspace", fresh.keyspace());
    return on(fresh, all);
  }

  static IngestConfig on(
      String bootstrapServers, String registryUrl, String topicPrefix, Map<String, ?> more) {
    Map<String, Object> all = new HashMap<>();
    all.put("downbeat.ingest.http.port", 0);
    all.put("downbeat.ingest.service-key-file", file(Client.KEY).toString());
    all.put("downbeat.ingest.accounts.secret-file", file("c2VjcmV0".repeat(8)).toString());
    all.put("downbeat.ingest.accounts.token-keys.dir", directory().toString());
    all.put("downbeat.ingest.kafka.bootstrap-servers", bootstrapServers);
    all.put("downbeat.ingest.kafka.topic-prefix", topicPrefix);
    all.put("downbeat.ingest.schema-registry.url", registryUrl);
    all.put("downbeat.ingest.cassandra.contact-point", "127.0.0.1:1"); // Where nothing is.
    more.forEach((key, value) -> all.put("downbeat.ingest." + key, value));
    return IngestConfig.from(
        ConfigFactory.parseMap(all).withFallback(ConfigFactory.load()).resolve());
  }

  private static Path directory() {
    try {
      return Files.createTempDirectory("token-keys");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(String text) {
    try {
      Path file = Files.createTempFile("secret", "");
      file.toFile().deleteOnExit();
      return Files.writeString(file, text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
