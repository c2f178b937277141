package io.downbeat.local.servers.setup;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keyspaces and tables of one cluster, through one of its nodes: another may not have heard yet of
 * what was made last.
 */
final class CassandraSetup implements AutoCloseable {
  /** Of a table of which there is a copy on each node. */
  private static final SimpleStatement OF_ALL =
      SimpleStatement.newInstance("SELECT * FROM system_distributed.view_build_status LIMIT 1")
          .setConsistencyLevel(ConsistencyLevel.ALL);

  private final CqlSession session;
  private final String datacenter;

  CassandraSetup(InetSocketAddress contactPoint, String datacenter) {
    this.datacenter = datacenter;
    this.session =
        CqlSession.builder()
            .addContactPoint(contactPoint)
            .withLocalDatacenter(datacenter)
            .withNodeDistanceEvaluator(
                (node, local) ->
                    node.getEndPoint().resolve().equals(contactPoint)
                        ? NodeDistance.LOCAL
                        : NodeDistance.IGNORED)
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
    change(
        "CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': 'NetworkTopologyStrategy', '%s': %d}"
            .formatted(name, datacenter, replicationFactor));
    session.execute("USE " + name);
    change(
        "CREATE TABLE IF NOT EXISTS schema_changes (name text PRIMARY KEY, applied_at timestamp)");
    Set<String> applied =
        session.execute("SELECT name FROM schema_changes").all().stream()
            .map(row -> row.getString("name"))
            .collect(Collectors.toSet());
    changes.stream().filter(change -> !applied.contains(change.name())).forEach(this::apply);
  }

  /** Whether the node has an answer of all nodes. */
  boolean reachesAll() {
    try {
      session.execute(OF_ALL);
      return true;
    } catch (DriverException e) {
      return false;
    }
  }

  void drop(String keyspace) {
    session.execute("DROP KEYSPACE IF EXISTS " + CqlIdentifier.fromInternal(keyspace).asCql(true));
  }

  @Override
  public void close() {
    session.close();
  }

  /** Returns when every node that is up has the change. */
  private void change(String statement) {
    session.execute(statement);
    if (!session.checkSchemaAgreement()) {
      throw new IllegalStateException(
          "Cannot go on after %s: the nodes don't agree on the schema".formatted(statement));
    }
  }

  private void apply(SetupSteps.Change change) {
    for (String statement : change.statements()) {
      try {
        change(statement);
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
