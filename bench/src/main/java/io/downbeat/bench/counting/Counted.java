package io.downbeat.bench.counting;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.downbeat.bench.machine.OwnServers;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The tables of one installation, looked at while they are written. */
final class Counted implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(200);

  /** More than a checkpoint, before which the job sends all that it holds back. */
  private static final Duration QUIET = Duration.ofSeconds(15);

  private static final int PAGE = 2_000;
  private static final int MOST_SHOWN = 5;

  private final OwnServers servers;
  private final String keyspace;
  private final CqlSession session;

  /**
   * @param writes to partitions of each table
   */
  record Used(double counterCpu, double cassandraCpu, long countsWrites, long otherWrites) {
    Used minus(Used before) {
      return new Used(
          counterCpu - before.counterCpu,
          cassandraCpu - before.cassandraCpu,
          countsWrites - before.countsWrites,
          otherWrites - before.otherWrites);
    }
  }

  interface CounterCpu {
    double seconds() throws IOException;
  }

  Counted(OwnServers servers, String keyspace) {
    this.servers = servers;
    this.keyspace = keyspace;
    this.session = CountsTable.connect(servers.cassandra().port(), keyspace);
  }

  /**
   * Waits until so many plays are counted and nothing is written any more.
   *
   * @return what was used up to the last write
   */
  Used awaitPlays(long plays, CounterCpu counter, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Used last = used(counter);
    long lastChange = System.nanoTime();
    while (true) {
      Thread.sleep(LOOK.toMillis());
      Used now = used(counter);
      if (now.countsWrites() != last.countsWrites()) {
        last = now;
        lastChange = System.nanoTime();
      } else if (System.nanoTime() - lastChange > QUIET.toNanos()) {
        long counted = plays();
        if (counted == plays) {
          return last;
        }
        if (counted > plays) {
          throw new IllegalStateException(counted + " plays are counted, but there were " + plays);
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%d of %d plays were counted within %s".formatted(plays(), plays, patience));
      }
    }
  }

  private Used used(CounterCpu counter) throws IOException {
    long counts = 0;
    long others = 0;
    for (Row row :
        session.execute(
            "SELECT keyspace_name, table_name, count FROM system_views.local_write_latency")) {
      if (keyspace.equals(row.getString(0))) {
        if ("counts".equals(row.getString(1))) {
          counts += row.getLong(2);
        } else {
          others += row.getLong(2);
        }
      }
    }
    return new Used(counter.seconds(), servers.cpuSeconds(servers.cassandra()), counts, others);
  }

  private long plays() {
    long sum = 0;
    for (Row row :
        session.execute(
            SimpleStatement.newInstance(
                "SELECT measures FROM counts WHERE kind = 'everything' AND id = ? AND granularity = 'day'",
                CountedKind.EVERYTHING_ID))) {
      sum += measures(row, 0).getOrDefault("plays", 0L);
    }
    return sum;
  }

  /**
   * Compares the whole table with what it must hold.
   *
   * @return how many rows differ, are missing or too many; some of them are printed
   */
  long differences(Expected expected) {
    long different = 0;
    long rows = 0;
    for (Row row :
        session.execute(
            SimpleStatement.newInstance("SELECT kind, id, granularity, start, measures FROM counts")
                .setPageSize(PAGE))) {
      rows++;
      CountedKind kind = CountedKind.valueOf(upper(row.getString(0)));
      String difference =
          expected.difference(
              kind,
              World.number(kind, Objects.requireNonNull(row.getUuid(1))),
              Granularity.valueOf(upper(row.getString(2))),
              Objects.requireNonNull(row.getInstant(3)).toEpochMilli(),
              measures(row, 4));
      if (difference != null && different++ < MOST_SHOWN) {
        System.out.println("  " + difference);
      }
    }
    // A row that was not expected has become one by being asked for: then they are more than rows.
    different += Math.abs(expected.buckets() - rows);
    if (expected.buckets() != rows) {
      System.out.printf("  The table has %d rows and should have %d%n", rows, expected.buckets());
    }
    return different;
  }

  private static Map<String, Long> measures(Row row, int column) {
    return Objects.requireNonNull(row.getMap(column, String.class, Long.class));
  }

  private static String upper(@org.jspecify.annotations.Nullable String key) {
    return Objects.requireNonNull(key).toUpperCase(Locale.ROOT);
  }

  @Override
  public void close() {
    session.close();
  }
}
