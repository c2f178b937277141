package io.downbeat.local.servers;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
final class CassandraClusterIT {
  private static final int SOME = 200;

  @AutoClose
  static final CassandraCluster CLUSTER =
      new CassandraCluster(Path.of("target", "cluster-it", UUID.randomUUID().toString()), 3);

  /** Rows that were written, and the head's versions that were won, as far as that was answered. */
  private final Queue<Integer> rows = new ConcurrentLinkedQueue<>();

  private volatile long version;
  private volatile boolean done;

  @Test
  void whatWasAnsweredWhileANodeWasKilledAndCameBackIsReadWithAnyOtherNodeGone() throws Exception {
    long start = System.nanoTime();
    CLUSTER.start();
    print("Three nodes up", start);
    Setup.keyspace(CLUSTER.contactPoints().get(0), Cassandra.DATACENTER, "copied", 3);
    print("With all tables", start);

    try (CqlSession session = session()) {
      session.execute("CREATE TABLE rows (id int PRIMARY KEY)");
      session.execute("CREATE TABLE heads (id int PRIMARY KEY, version bigint)");
      session.execute("INSERT INTO heads (id, version) VALUES (0, 0) IF NOT EXISTS");
      Thread writer = new Thread(() -> write(session), "writer");
      writer.start();
      awaitMoreOfBoth("before the kill");

      CLUSTER.kill(1);
      awaitMoreOfBoth("with a node gone");

      long again = System.nanoTime();
      CLUSTER.start(1);
      print("Started again", again);
      awaitMoreOfBoth("with a node coming back");
      CLUSTER.awaitWhole();
      print("Seen by all", again);
      done = true;
      writer.join();
      for (int node = 0; node < 3; node++) {
        System.out.printf(
            "Node %d holds %d MB%n",
            node, CLUSTER.process(node).residentBytes().orElse(0) / 1_000_000);
      }

      CLUSTER.kill(0);
      await("answers of a quorum", () -> read(session, ConsistencyLevel.QUORUM).containsAll(rows));
      assertThat(head(session, ConsistencyLevel.SERIAL)).isGreaterThanOrEqualTo(version);

      CLUSTER.kill(2);
      await(
          "an answer of the one that came back, to which that reading brought what it missed",
          () -> read(session, ConsistencyLevel.ONE).containsAll(rows));
      assertThat(head(session, ConsistencyLevel.ONE)).isGreaterThanOrEqualTo(version);
    }
  }

  private void write(CqlSession session) {
    PreparedStatement insert = session.prepare("INSERT INTO rows (id) VALUES (?)");
    PreparedStatement next =
        session.prepare("UPDATE heads SET version = ? WHERE id = 0 IF version = ?");
    for (int id = 0; !done; id++) {
      try {
        session.execute(insert.bind(id));
        rows.add(id);
        long current = version;
        boolean won = session.execute(next.bind(current + 1, current)).wasApplied();
        version = won ? current + 1 : head(session, ConsistencyLevel.SERIAL);
      } catch (DriverException e) {
        System.out.println("No answer: " + e.getMessage());
      }
    }
  }

  private void awaitMoreOfBoth(String when) {
    int rowsNow = rows.size();
    long versionNow = version;
    long start = System.nanoTime();
    await("writes " + when, () -> rows.size() >= rowsNow + SOME && version >= versionNow + SOME);
    print(SOME + " of both writes " + when, start);
  }

  private static Set<Integer> read(CqlSession session, ConsistencyLevel level) {
    try {
      return session
          .execute(SimpleStatement.newInstance("SELECT id FROM rows").setConsistencyLevel(level))
          .all()
          .stream()
          .map(row -> row.getInt("id"))
          .collect(Collectors.toSet());
    } catch (DriverException e) {
      return Set.of();
    }
  }

  private static long head(CqlSession session, ConsistencyLevel level) {
    return session
        .execute(
            SimpleStatement.newInstance("SELECT version FROM heads WHERE id = 0")
                .setConsistencyLevel(level))
        .all()
        .get(0)
        .getLong("version");
  }

  private static CqlSession session() {
    return CqlSession.builder()
        .addContactPoints(CLUSTER.contactPoints())
        .withLocalDatacenter(Cassandra.DATACENTER)
        .withKeyspace("copied")
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "QUORUM")
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(12))
                .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(2))
                .build())
        .build();
  }

  private static void print(String what, long start) {
    System.out.printf("%s: %d ms%n", what, (System.nanoTime() - start) / 1_000_000);
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for %s", what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }
}
