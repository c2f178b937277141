package io.downbeat.local.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * Runs the broker of a properties file; its storage is formatted if it never was. Runs on Kafka's
 * own classpath.
 */
final class KafkaMain {
  private KafkaMain() {}

  public static void main(String[] args) throws IOException {
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(Path.of(args[0]))) {
      properties.load(in);
    }
    if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
      String[] format = {
        "format", "-t", Uuid.randomUuid().toString(), "-c", args[0], "--standalone"
      };
      int exit = StorageTool.execute(format, System.out);
      if (exit != 0) {
        throw new IllegalStateException("Cannot format " + properties.getProperty("log.dirs"));
      }
    }
    kafka.Kafka.main(args);
  }
}
