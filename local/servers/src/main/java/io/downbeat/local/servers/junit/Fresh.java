package io.downbeat.local.servers.junit;

import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.Setup;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.UUID;

/**
 * Addresses of real servers, and names on them that nobody else uses. An address is known once its
 * server runs. Thread-safe.
 */
public final class Fresh {
  private final Servers servers;
  private final String id = "t" + UUID.randomUUID().toString().substring(0, 8);
  private volatile boolean topicsCreated;
  private volatile boolean tablesCreated;

  Fresh(Servers servers) {
    this.servers = servers;
  }

  public String bootstrapServers() {
    return servers.kafka().bootstrapServers();
  }

  public URI registryUrl() {
    return servers.registry().url();
  }

  public InetSocketAddress cassandra() {
    return servers.cassandra().contactPoint();
  }

  public String datacenter() {
    return Cassandra.DATACENTER;
  }

  /** What Iceberg's REST clients call {@code uri}. */
  public URI lakeCatalogUri() {
    return servers.lakeCatalog().uri();
  }

  public String topicPrefix() {
    return id + "-";
  }

  public String keyspace() {
    return id;
  }

  public String lakeNamespace() {
    return id;
  }

  /** All topics; their schemas are registered too. */
  public Fresh createTopics() {
    return createTopics(Topics.ALL);
  }

  /** Only these topics; their schemas are registered too. */
  public Fresh createTopics(List<Topic<?>> topics) {
    topicsCreated = true;
    Setup.topics(bootstrapServers(), topicPrefix(), topics);
    Setup.subjects(registryUrl(), topicPrefix(), topics);
    return this;
  }

  /** The keyspace with all tables. */
  public Fresh createTables() {
    tablesCreated = true;
    Setup.keyspace(cassandra(), datacenter(), keyspace(), 1);
    return this;
  }

  void drop() {
    if (topicsCreated) {
      Setup.dropTopics(bootstrapServers(), topicPrefix());
    }
    if (tablesCreated) {
      Setup.dropKeyspace(cassandra(), datacenter(), keyspace());
    }
  }
}
