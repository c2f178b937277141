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

  static IngestConfig on(
      String bootstrapServers, String registryUrl, String topicPrefix, Map<String, ?> more) {
    Map<String, Object> all = new HashMap<>();
    all.put("downbeat.ingest.http.port", 0);
    all.put("downbeat.ingest.service-key-file", keyFile().toString());
    all.put("downbeat.ingest.kafka.bootstrap-servers", bootstrapServers);
    all.put("downbeat.ingest.kafka.topic-prefix", topicPrefix);
    all.put("downbeat.ingest.schema-registry.url", registryUrl);
    more.forEach((key, value) -> all.put("downbeat.ingest." + key, value));
    return IngestConfig.from(
        ConfigFactory.parseMap(all).withFallback(ConfigFactory.load()).resolve());
  }

  private static Path keyFile() {
    try {
      Path file = Files.createTempFile("service-key", "");
      file.toFile().deleteOnExit();
      return Files.writeString(file, Client.KEY + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
