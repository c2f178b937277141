package io.downbeat.batch.publish;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.io.Serializable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the serving tables are. Travels to the task that connects.
 *
 * @param contactPoint host:port
 */
public record CassandraCluster(String contactPoint, String datacenter, String keyspace)
    implements Serializable {
  private static final Map<CassandraCluster, CqlSession> SHARED = new ConcurrentHashMap<>();

  public CassandraCluster {
    if (!contactPoint.matches(".+:\\d{1,5}")) {
      throw new IllegalArgumentException(
          "Cannot use cassandra.contact-point = '" + contactPoint + "': expected host:port");
    }
  }

  /** The one session of this JVM, for tasks; opened by the first that asks, never closed. */
  public CqlSession shared() {
    return SHARED.computeIfAbsent(this, CassandraCluster::connect);
  }

  /** A session of its own, to be closed by the caller; fails at once if no node answers. */
  public CqlSession connect() {
    int colon = contactPoint.lastIndexOf(':');
    return CqlSession.builder()
        .addContactPoint(
            new InetSocketAddress(
                contactPoint.substring(0, colon),
                Integer.parseInt(contactPoint.substring(colon + 1))))
        .withLocalDatacenter(datacenter)
        .withKeyspace(CqlIdentifier.fromInternal(keyspace))
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.SESSION_NAME, "batch-jobs")
                .withBoolean(DefaultDriverOption.NETTY_DAEMON, true)
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "LOCAL_QUORUM")
                .withString(DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY, "LOCAL_SERIAL")
                .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                .withDuration(
                    DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(10))
                .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                .build())
        .build();
  }
}
