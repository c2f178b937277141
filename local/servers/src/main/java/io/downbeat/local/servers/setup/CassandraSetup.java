package io.downbeat.local.servers.setup;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Keyspaces and tables of one cluster. */
final class CassandraSetup implements AutoCloseable {
  private final CqlSession session;
  private final String datacenter;

  CassandraSetup(InetSocketAddress contactPoint, String datacenter) {
    this.datacenter = datacenter;
    this.session =
        CqlSession.builder()
            .addContactPoint(contactPoint)
            .withLocalDatacenter(datacenter)
            .withClassLoader(CassandraSetup.class.getClassLoader())
            .withConfigLoader(
                DriverConfigLoader.programmaticBuilder(CassandraSetup.class.getClassLoader())
                    .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                    .withDuration(
                        DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(10))
                    .withDuration(
                        DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, Duration.ofSeconds(10))
                    .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                    .build())
            .build();
  }

  void create(String keyspace, int replicationFactor, List<SetupSteps.Change> changes) {
    String name = CqlIdentifier.fromInternal(keyspace).asCql(true);
    session.execute(
        "CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': 'NetworkTopologyStrategy', '%s': %d}"
            .formatted(name, datacenter, replicationFactor));
    session.execute("USE " + name);
    session.execute(
        "CREATE TABLE IF NOT EXISTS schema_changes (name text PRIMARY KEY, applied_at timestamp)");
    Set<String> applied =
        session.execute("SELECT name FROM schema_changes").all().stream()
            .map(row -> row.getString("name"))
            .collect(Collectors.toSet());
    changes.stream().filter(change -> !applied.contains(change.name())).forEach(this::apply);
  }

  void drop(String keyspace) {
    session.execute("DROP KEYSPACE IF EXISTS " + CqlIdentifier.fromInternal(keyspace).asCql(true));
  }

  @Override
  public void close() {
    session.close();
  }

  private void apply(SetupSteps.Change change) {
    for (String statement : change.statements()) {
      try {
        session.execute(statement);
      } catch (DriverException e) {
        throw new IllegalStateException(
            "Cannot apply %s: %s. The statement was:%n%s"
                .formatted(change.name(), e.getMessage(), statement),
            e);
      }
    }
    session.execute(
        SimpleStatement.newInstance(
            "INSERT INTO schema_changes (name, applied_at) VALUES (?, toTimestamp(now()))",
            change.name()));
  }
}
