package io.downbeat.local.servers.setup;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The steps of {@link io.downbeat.local.servers.Setup}, in the JDK's types, since caller and callee
 * share no others.
 */
public interface SetupSteps {
  record Topic(String name, int partitions, Map<String, String> config) {}

  record Subject(String name, String schema) {}

  record Change(String name, List<String> statements) {}

  void topics(String bootstrapServers, List<Topic> topics);

  void dropTopics(String bootstrapServers, String prefix);

  void subjects(URI registry, List<Subject> subjects);

  void keyspace(
      InetSocketAddress contactPoint,
      String datacenter,
      String keyspace,
      int replicationFactor,
      List<Change> changes);

  boolean reachesAll(InetSocketAddress contactPoint, String datacenter);

  void dropKeyspace(InetSocketAddress contactPoint, String datacenter, String keyspace);
}
