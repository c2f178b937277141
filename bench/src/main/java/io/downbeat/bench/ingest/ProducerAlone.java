package io.downbeat.bench.ingest;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.tools.ProducerPerformance;

/**
 * Kafka's own performance test of the producer, with the settings of ingest-api: once to warm up,
 * and once more. Its last line is the CPU time of the second, in nanoseconds.
 */
public final class ProducerAlone {
  private ProducerAlone() {}

  public static void main(String[] args) throws Exception {
    String bootstrapServers = args[0];
    String topic = args[1];
    int records = Integer.parseInt(args[2]);
    String recordBytes = args[3];
    run(bootstrapServers, topic, records / 2, recordBytes);
    Duration before = cpu();
    run(bootstrapServers, topic, records, recordBytes);
    System.out.println(cpu().minus(before).toNanos());
  }

  private static void run(String bootstrapServers, String topic, int records, String recordBytes)
      throws Exception {
    ProducerPerformance.main(
        new String[] {
          "--topic",
          topic,
          "--num-records",
          Integer.toString(records),
          "--record-size",
          recordBytes,
          "--throughput",
          "-1",
          "--producer-props",
          "bootstrap.servers=" + bootstrapServers,
          "acks=all",
          "enable.idempotence=true",
          "linger.ms=5",
          "batch.size=32768",
          "compression.type=lz4"
        });
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }

  static double seconds(String lastLine) {
    return Long.parseLong(lastLine.strip()) / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
