package io.downbeat.batch.publish;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.io.Serializable;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Where the serving tables are. Travels to the task that connects.
 *
 * @param contactPoint host:port
 */
public record CassandraCluster(String contactPoint, String datacenter, String keyspace)
    implements Serializable {

  public CassandraCluster {
    if (!contactPoint.matches(".+:\\d{1,5}")) {
      throw new IllegalArgumentException(
          "Cannot use cassandra.contact-point = '" + contactPoint + "': expected host:port");
    }
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
