package io.downbeat.local.servers.setup;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * The set-up with the real clients. Loaded on the classpath {@code setup} of classpaths.properties.
 */
public final class ServerSetup implements SetupSteps {
  @Override
  public void topics(String bootstrapServers, List<Topic> topics) {
    try (KafkaSetup kafka = new KafkaSetup(bootstrapServers)) {
      kafka.create(topics);
    }
  }

  @Override
  public void dropTopics(String bootstrapServers, String prefix) {
    try (KafkaSetup kafka = new KafkaSetup(bootstrapServers)) {
      kafka.drop(prefix);
    }
  }

  @Override
  public void subjects(URI registry, List<Subject> subjects) {
    new RegistrySetup(registry).register(subjects);
  }

  @Override
  public void keyspace(
      InetSocketAddress contactPoint,
      String datacenter,
      String keyspace,
      int replicationFactor,
      List<Change> changes) {
    try (CassandraSetup cassandra = new CassandraSetup(contactPoint, datacenter)) {
      cassandra.create(keyspace, replicationFactor, changes);
    }
  }

  @Override
  public boolean reachesAll(InetSocketAddress contactPoint, String datacenter) {
    try (CassandraSetup cassandra = new CassandraSetup(contactPoint, datacenter)) {
      return cassandra.reachesAll();
    }
  }

  @Override
  public void dropKeyspace(InetSocketAddress contactPoint, String datacenter, String keyspace) {
    try (CassandraSetup cassandra = new CassandraSetup(contactPoint, datacenter)) {
      cassandra.drop(keyspace);
    }
  }
}
