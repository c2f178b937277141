package io.downbeat.stream.counts;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.stream.io.CassandraCluster;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes totals to the table of counts, those of one thing in one batch. Each measure carries its
 * own write timestamp, epoch * 2^52 + its value: of two writes the higher total stays, whichever
 * comes last, so a replay changes nothing.
 *
 * <p>At most {@value #MOST_IN_FLIGHT} writes are under way. A checkpoint waits for all of them; a
 * failed one fails the task, which starts again from the last checkpoint.
 */
public final class CassandraCounts implements Sink<Tally[]> {
  private static final long serialVersionUID = 1;
  private static final int MOST_IN_FLIGHT = 256;
  private static final int SECONDS_TO_WAIT = 60;
  private static final int VALUE_BITS = 52;

  /** Before it there was nothing that a zero would have to replace. */
  private static final long FIRST_EPOCH = 1;

  private static final String UPDATE =
      "UPDATE counts USING TIMESTAMP ? SET measures[?] = ?"
          + " WHERE kind = ? AND id = ? AND granularity = ? AND start = ?";

  private final CassandraCluster cluster;
  private final long epoch;

  /**
   * @param epoch of the counts, 1 to 2047; totals of a later epoch replace those of an earlier one
   */
  public CassandraCounts(CassandraCluster cluster, long epoch) {
    if (epoch < 1 || epoch >= 1L << (63 - VALUE_BITS)) {
      throw new IllegalArgumentException("The epoch is " + epoch + ", but lies between 1 and 2047");
    }
    this.cluster = cluster;
    this.epoch = epoch;
  }

  @Override
  public SinkWriter<Tally[]> createWriter(WriterInitContext context) {
    return writer(cluster, epoch);
  }

  static SinkWriter<Tally[]> writer(CassandraCluster cluster, long epoch) {
    return new Writer(cluster.connect(), epoch);
  }

  private static final class Writer implements SinkWriter<Tally[]> {
    private final CqlSession session;
    private final long epoch;
    private final PreparedStatement update;
    private final Semaphore free = new Semaphore(MOST_IN_FLIGHT);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Writer(CqlSession session, long epoch) {
      this.session = session;
      this.epoch = epoch;
      this.update = session.prepare(UPDATE);
    }

    @Override
    public void write(Tally[] totals, Context context) throws IOException, InterruptedException {
      take(1);
      BatchStatementBuilder batch = new BatchStatementBuilder(DefaultBatchType.UNLOGGED);
      for (Tally total : totals) {
        for (Counters counter : Counters.values()) {
          long value = total.measures()[counter.ordinal()];
          if (value > 0 || epoch > FIRST_EPOCH) {
            batch.addStatement(update(total.bucket(), counter, value));
          }
        }
      }
      batch.setIdempotence(true).setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM);
      session
          .executeAsync(batch.build())
          .whenComplete(
              (result, error) -> {
                if (error != null) {
                  failure.compareAndSet(null, error);
                }
                free.release();
              });
    }

    private BoundStatement update(Bucket bucket, Counters counter, long value) {
      return update.bind(
          (epoch << VALUE_BITS) + value,
          counter.key(),
          value,
          bucket.kind().key(),
          bucket.id().toUuid(),
          bucket.granularity().key(),
          Instant.ofEpochMilli(bucket.start()));
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      take(MOST_IN_FLIGHT);
      free.release(MOST_IN_FLIGHT);
      failIfAnyFailed();
    }

    private void take(int permits) throws IOException, InterruptedException {
      if (!free.tryAcquire(permits, SECONDS_TO_WAIT, TimeUnit.SECONDS)) {
        throw new IOException(
            "Cannot write counts: Cassandra answered none of the writes under way for "
                + SECONDS_TO_WAIT
                + " s");
      }
      if (failure.get() != null) {
        free.release(permits);
        failIfAnyFailed();
      }
    }

    private void failIfAnyFailed() throws IOException {
      Throwable cause = failure.get();
      if (cause != null) {
        throw new IOException("Cannot write counts: " + cause.getMessage(), cause);
      }
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
