package io.downbeat.serving.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Readers of a test's servers. */
public final class Readers {

  /** Keeps no answer, so that a test reads what it just wrote. */
  public static final CachedReads.Settings UNCACHED = new CachedReads.Settings(Duration.ZERO, 0);

  private Readers() {}

  /** Of the test's keyspace, to be closed by the caller. */
  public static CassandraReader connected(Fresh fresh) {
    CassandraReader reader =
        CassandraReader.connect(
            new CassandraReader.Settings(
                fresh.cassandra(),
                fresh.datacenter(),
                fresh.keyspace(),
                Duration.ofSeconds(10),
                256,
                Duration.ofMillis(100)),
            new SimpleMeterRegistry());
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isConnected(reader)) {
      assertThat(System.nanoTime()).as("connected before the deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
    return reader;
  }

  private static boolean isConnected(CassandraReader reader) {
    try {
      return reader.look().toCompletableFuture().get(20, TimeUnit.SECONDS).equals(Optional.empty());
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(StoreUnavailableException.class);
      return false;
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
