package io.downbeat.local.servers;

import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One Kafka broker that is its own KRaft controller. Topics are only created on purpose. */
public record Kafka(Path home, int port, int controllerPort) implements Server {
  private static final List<String> JVM_ARGS =
      List.of(
          "-Xms256m",
          "-Xmx512m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-Djava.awt.headless=true");

  @Override
  public String name() {
    return "kafka";
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public ChildJvm.Spec prepare() {
    Path data = home.resolve(name()).toAbsolutePath();
    Path properties = data.resolve("server.properties");
    try {
      Files.createDirectories(data);
      Files.writeString(properties, properties(data.resolve("log")));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + properties, e);
    }
    return new ChildJvm.Spec(
            home,
            name(),
            Artifacts.classpath(name()),
            "io.downbeat.local.servers.KafkaMain",
            new Ready.LogLine("Kafka Server started"))
        .withJvmArgs(JVM_ARGS)
        .withJvmArgs(
            List.of(
                "-Dlog4j2.configurationFile=classpath:io/downbeat/local/servers/kafka-log4j2.properties"))
        .withArgs(properties.toString())
        .withDeadlines(Duration.ofSeconds(90), Duration.ofSeconds(20));
  }

  /**
   * A killed broker is let in again once the controller's session with it has run out: six seconds,
   * the least that is sane.
   */
  private String properties(Path log) {
    return """
        process.roles=broker,controller
        node.id=1
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        controller.listener.names=CONTROLLER
        controller.quorum.bootstrap.servers=127.0.0.1:%2$d
        broker.session.timeout.ms=6000
        broker.heartbeat.interval.ms=1000
        log.dirs=%3$s
        auto.create.topics.enable=false
        default.replication.factor=1
        min.insync.replicas=1
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=4
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        share.coordinator.state.topic.num.partitions=1
        group.initial.rebalance.delay.ms=0
        log.segment.bytes=268435456
        log.index.size.max.bytes=2097152
        log.retention.hours=168
        log.cleaner.dedupe.buffer.size=16777216
        num.network.threads=2
        num.io.threads=4
        """
        .formatted(port, controllerPort, log.toString().replace("\\", "/"));
  }
}
