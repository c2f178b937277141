package io.downbeat.stream.io;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.metadata.Node;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes each element with statements of one partition, which come into effect together, at
 * LOCAL_QUORUM. The statements must carry write timestamps of their own, so that a replay changes
 * nothing.
 *
 * <p>What comes within {@value #MOMENT_MILLIS} ms for the same replicas goes to one of them in one
 * request, up to {@value #MOST_PARTITIONS} partitions: Cassandra and the driver spend more on a
 * request than on what is in it.
 *
 * <p>At most {@value #MOST_IN_FLIGHT} requests are under way. A checkpoint waits for all of them; a
 * failed one fails the task, which starts again from the last checkpoint.
 */
public final class CassandraSink<T> implements Sink<T> {
  private static final long serialVersionUID = 1;
  private static final int MOST_IN_FLIGHT = 64;
  private static final int MOST_PARTITIONS = 8;

  /** Keeps a request below what Cassandra refuses as too large. */
  private static final int MOST_STATEMENTS = 200;

  private static final int MOMENT_MILLIS = 10;
  private static final int SECONDS_TO_WAIT = 60;

  /** Prepares the statements of a table; what it returns makes them, and each is idempotent. */
  @FunctionalInterface
  public interface Statements<T> extends Serializable {
    Function<T, List<BoundStatement>> prepare(CqlSession session);
  }

  private final CassandraCluster cluster;
  private final Statements<T> statements;

  public CassandraSink(CassandraCluster cluster, Statements<T> statements) {
    this.cluster = cluster;
    this.statements = statements;
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) {
    return writer(context.getProcessingTimeService());
  }

  public SinkWriter<T> writer(ProcessingTimeService time) {
    CqlSession session = cluster.connect();
    return new Writer<>(session, statements.prepare(session), time);
  }

  private static final class Request {
    private final List<BatchableStatement<?>> statements = new ArrayList<>();
    private int partitions;
  }

  private static final class Writer<T> implements SinkWriter<T> {
    private final CqlSession session;
    private final CqlIdentifier keyspace;
    private final Function<T, List<BoundStatement>> statements;
    private final ProcessingTimeService time;
    private final Map<Set<Node>, Request> held = new HashMap<>();
    private final Semaphore free = new Semaphore(MOST_IN_FLIGHT);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Writer(
        CqlSession session,
        Function<T, List<BoundStatement>> statements,
        ProcessingTimeService time) {
      this.session = session;
      this.keyspace = session.getKeyspace().orElseThrow();
      this.statements = statements;
      this.time = time;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
      List<BoundStatement> more = statements.apply(element);
      if (more.isEmpty()) {
        return;
      }
      if (held.isEmpty()) {
        time.registerTimer(time.getCurrentProcessingTime() + MOMENT_MILLIS, reached -> sendHeld());
      }
      Set<Node> replicas = replicas(Objects.requireNonNull(more.get(0).getRoutingKey()));
      Request request = held.computeIfAbsent(replicas, absent -> new Request());
      if (request.statements.size() + more.size() > MOST_STATEMENTS) {
        send(request);
        request = new Request();
        held.put(replicas, request);
      }
      request.statements.addAll(more);
      request.partitions++;
      if (request.partitions == MOST_PARTITIONS) {
        send(request);
        held.remove(replicas);
      }
    }

    private Set<Node> replicas(ByteBuffer partition) {
      return session
          .getMetadata()
          .getTokenMap()
          .map(tokens -> tokens.getReplicas(keyspace, partition))
          .orElse(Set.of());
    }

    private void sendHeld() throws IOException, InterruptedException {
      for (Request request : held.values()) {
        send(request);
      }
      held.clear();
    }

    private void send(Request request) throws IOException, InterruptedException {
      if (request.partitions == 0) {
        return;
      }
      take(1);
      session
          .executeAsync(
              BatchStatement.newInstance(DefaultBatchType.UNLOGGED, request.statements)
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
      sendHeld();
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
