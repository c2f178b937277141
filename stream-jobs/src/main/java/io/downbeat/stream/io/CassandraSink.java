package io.downbeat.stream.io;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.io.IOException;
import java.io.Serializable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes each element with one statement, at LOCAL_QUORUM. The statements must carry write
 * timestamps of their own, so that a replay changes nothing.
 *
 * <p>At most {@value #MOST_IN_FLIGHT} writes are under way. A checkpoint waits for all of them; a
 * failed one fails the task, which starts again from the last checkpoint.
 */
public final class CassandraSink<T> implements Sink<T> {
  private static final long serialVersionUID = 1;
  private static final int MOST_IN_FLIGHT = 256;
  private static final int SECONDS_TO_WAIT = 60;

  /** Prepares the statements of a table; what it returns makes them, and each is idempotent. */
  @FunctionalInterface
  public interface Statements<T> extends Serializable {
    Function<T, Statement<?>> prepare(CqlSession session);
  }

  private final CassandraCluster cluster;
  private final Statements<T> statements;

  public CassandraSink(CassandraCluster cluster, Statements<T> statements) {
    this.cluster = cluster;
    this.statements = statements;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return writer();
  }

  public SinkWriter<T> writer() {
    CqlSession session = cluster.connect();
    return new Writer<>(session, statements.prepare(session));
  }

  private static final class Writer<T> implements SinkWriter<T> {
    private final CqlSession session;
    private final Function<T, Statement<?>> statements;
    private final Semaphore free = new Semaphore(MOST_IN_FLIGHT);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Writer(CqlSession session, Function<T, Statement<?>> statements) {
      this.session = session;
      this.statements = statements;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
      take(1);
      session
          .executeAsync(
              statements
                  .apply(element)
                  .setIdempotent(true)
                  .setConsistencyLevel(DefaultConsistencyLevel.LOCAL_QUORUM))
          .whenComplete(
              (result, error) -> {
                if (error != null) {
                  failure.compareAndSet(null, error);
                }
                free.release();
              });
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
            "Cannot write: Cassandra answered none of the writes under way for "
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
        throw new IOException("Cannot write to Cassandra: " + cause.getMessage(), cause);
      }
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
