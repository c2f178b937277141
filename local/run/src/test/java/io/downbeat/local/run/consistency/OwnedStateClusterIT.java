package io.downbeat.local.run.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.consistency.Operation.Outcome;
import io.downbeat.local.run.consistency.Writers.Listener;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.local.servers.CassandraCluster;
import io.downbeat.local.servers.Setup;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two processes of the ingest-api that ships, on three Cassandra nodes that hold everything each,
 * of which one is killed and comes back, and then another. Whatever a caller has not sent again is
 * published by whoever sweeps.
 */
@Tag("long")
final class OwnedStateClusterIT {
  private static final int ACCOUNTS = 50;
  private static final int SOME = 300;
  private static final Duration LOAD = Duration.ofSeconds(60);
  private static final Duration SWEPT_WITHIN = Duration.ofMinutes(5);
  private static final String KEYSPACE = "owned";
  private static final Path HOME =
      Path.of("target", "owned-state-cluster-it", UUID.randomUUID().toString());

  @RegisterExtension static final Servers SHARED = Servers.shared();
  @AutoClose static final CassandraCluster CLUSTER = new CassandraCluster(HOME.resolve("nodes"), 3);

  @Test
  void noChangeIsLostAndNoneComesTrueThatWasRefusedThoughNodesAreKilled() throws Exception {
    Fresh log = SHARED.fresh().createTopics();
    CLUSTER.start();
    Setup.keyspace(CLUSTER.contactPoints().get(0), Cassandra.DATACENTER, KEYSPACE, 3);
    try (IngestProcess one =
            new IngestProcess(HOME.resolve("one"), log, CLUSTER.contactPoints().get(0), KEYSPACE);
        IngestProcess other =
            new IngestProcess(
                HOME.resolve("other"), log, CLUSTER.contactPoints().get(2), KEYSPACE);
        KeptState kept = new KeptState(CLUSTER.contactPoints(), KEYSPACE)) {
      Writers writers =
          new Writers(kept, List.of(one.start().origin(), other.start().origin()))
              .signUp(ACCOUNTS)
              .start();
      long end = System.nanoTime() + LOAD.toNanos();
      int kills = 0;
      for (int node : List.of(1, 0)) {
        writers.awaitMore(SOME, "with all nodes");
        CLUSTER.kill(node);
        kills++;
        writers.awaitMore(SOME, "without node " + node);
        CLUSTER.start(node);
        writers.awaitMore(SOME, "with node " + node + " coming back");
        CLUSTER.awaitWhole();
      }
      Writers.await("the load is over", () -> System.nanoTime() > end);
      writers.stop();
      writers.readAll();

      List<UUID> users = writers.listeners().stream().map(Listener::userId).toList();
      Writers.await(
          "all is published and swept",
          SWEPT_WITHIN,
          () -> kept.unpublished(users).isEmpty() && kept.notices() == 0);
      List<String> violations = writers.violations();
      violations.addAll(HeardState.of(log).differences(writers.listeners(), kept));
      Summary.print("three nodes", writers, kills, violations);
      assertThat(violations).isEmpty();
      assertThat(writers.count(Outcome.REFUSED)).as("caps and claims were met").isPositive();
    }
  }
}
