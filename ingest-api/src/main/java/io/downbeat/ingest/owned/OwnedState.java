package io.downbeat.ingest.owned;

import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.owned.Cassandra.Write;
import io.downbeat.ingest.owned.OwnedTable.OutboxEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes partitions of owned state: reads, lets it be decided, and writes under the condition that
 * nothing has changed meanwhile; else again. Changes of one partition queue within this process.
 *
 * <p>A decision may be asked for several times and must see when its change is already there: that
 * is how a write whose outcome is unknown is settled. Thread-safe.
 */
public final class OwnedState {

  /** What is read of a partition. */
  public interface State {
    /** 0 if the partition is not there yet. */
    long version();
  }

  /** How a partition is read: the query and what its rows, none if it is not there, mean. */
  public record Reading<S extends State>(
      String cql, List<Object> values, Function<List<Row>, S> state) {}

  private static final Logger LOG = LoggerFactory.getLogger(OwnedState.class);
  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final int SHORTEST_PAUSE_MILLIS = 10;
  private static final int LONGEST_PAUSE_MILLIS = 500;

  private final Cassandra cassandra;
  private final Outbox outbox;
  private final Executor executor;
  private final Lanes lanes = new Lanes();

  /**
   * @param executor on which is tried again, and what is only read is taken apart
   */
  public OwnedState(Cassandra cassandra, Outbox outbox, Executor executor) {
    this.cassandra = cassandra;
    this.outbox = outbox;
    this.executor = executor;
  }

  /**
   * The answer of the decision, once it is carried out. Fails with what {@code decide} throws, or
   * with {@link Problem}: 429 if too many changes of this partition wait, 503 if it is not known
   * whether the change was made.
   */
  public <S extends State, A> CompletableFuture<A> change(
      OwnedTable table, UUID id, Reading<S> reading, Function<S, Decision<A>> decide) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    return lanes.run(
        new Partition(table, id),
        partition -> new Changing<>(partition, reading, decide, deadline).attempt());
  }

  /**
   * Steps over several partitions, of which each can be taken again: if this process dies within
   * them, or the database is away, the sweep of the outbox resumes what the partition is in the
   * middle of. Fails as {@link #change}; which steps were taken is not known then.
   */
  public <A> CompletableFuture<A> sequence(
      OwnedTable table, UUID id, Supplier<CompletableFuture<A>> steps) {
    return outbox
        .notice(new Partition(table, id))
        .toCompletableFuture()
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedFuture(
                    mayPass(cause(failure)) ? untouched() : cause(failure)))
        .thenCompose(
            notice ->
                steps
                    .get()
                    .exceptionallyCompose(OwnedState::midway)
                    .thenCompose(answer -> outbox.withdraw(notice).handle((done, left) -> answer)));
  }

  private static <A> CompletableFuture<A> midway(Throwable failure) {
    Throwable cause = cause(failure);
    boolean unavailable = cause instanceof Problem problem && problem.status() == 503;
    return CompletableFuture.failedFuture(unavailable ? unclear() : cause);
  }

  /** What is there now, at LOCAL_QUORUM. */
  public <S extends State> CompletableFuture<S> read(Reading<S> reading) {
    return read(cassandra.rows(reading.cql(), reading.values().toArray()), reading);
  }

  /** The same at SERIAL: what a change had left half-done is done or undone, and seen. */
  public <S extends State> CompletableFuture<S> readSettled(Reading<S> reading) {
    return read(cassandra.serialRows(reading.cql(), reading.values().toArray()), reading);
  }

  private <S extends State> CompletableFuture<S> read(
      CompletionStage<List<Row>> rows, Reading<S> reading) {
    return rows.thenApplyAsync(reading.state(), executor)
        .toCompletableFuture()
        .exceptionallyCompose(
            failure -> {
              LOG.debug("Cannot read", failure);
              return CompletableFuture.failedFuture(untouched());
            });
  }

  /** One change, with all of its attempts. */
  private final class Changing<S extends State, A> {
    private final Partition partition;
    private final Reading<S> reading;
    private final Function<S, Decision<A>> decide;
    private final long deadline;
    private Outbox.@Nullable Notice notice;
    private int attempts;
    private boolean unclear;

    /**
     * @param deadline of the whole, in nanoseconds of this JVM
     */
    Changing(
        Partition partition, Reading<S> reading, Function<S, Decision<A>> decide, long deadline) {
      this.deadline = deadline;
      this.partition = partition;
      this.reading = reading;
      this.decide = decide;
    }

    CompletableFuture<A> attempt() {
      if (System.nanoTime() >= deadline) {
        return tooLate();
      }
      return read()
          .toCompletableFuture()
          .handle((state, failure) -> failure == null ? decided(state) : unknown(failure))
          .thenCompose(Function.identity());
    }

    private CompletionStage<S> read() {
      Object[] values = reading.values().toArray();
      CompletionStage<List<Row>> rows =
          attempts == 0
              ? cassandra.rows(reading.cql(), values)
              : cassandra.serialRows(reading.cql(), values);
      return rows.thenApply(reading.state());
    }

    private CompletableFuture<A> decided(S state) {
      Decision<A> decision = decide.apply(state);
      if (decision instanceof Decision.Change<A> change) {
        long version = state.version() + 1;
        List<OutboxEvent> events = events(version, change.events());
        return notice()
            .thenCompose(noticed -> cassandra.writeIf(writes(version, change.rows(), events)))
            .handle(
                (applied, failure) -> {
                  if (failure != null) {
                    return unknown(failure);
                  }
                  if (!applied) {
                    return again();
                  }
                  outbox.publish(partition, notice, new Outbox.Written(version, events));
                  return CompletableFuture.completedFuture(change.answer());
                })
            .thenCompose(Function.identity())
            .toCompletableFuture();
      }
      if (attempts > 0) {
        outbox.publish(partition, notice, null); // It may be an attempt of this that is there.
      }
      return CompletableFuture.completedFuture(decision.answer());
    }

    private CompletionStage<Outbox.Notice> notice() {
      Outbox.Notice written = notice;
      if (written != null) {
        return CompletableFuture.completedFuture(written);
      }
      return outbox
          .notice(partition)
          .thenApply(
              noticed -> {
                notice = noticed;
                return noticed;
              });
    }

    private List<OutboxEvent> events(long version, List<? extends SpecificRecord> events) {
      List<OutboxEvent> all = new ArrayList<>();
      for (SpecificRecord event : events) {
        all.add(partition.table().event(version, all.size(), event));
      }
      return all;
    }

    private List<Write> writes(long version, List<Write> rows, List<OutboxEvent> events) {
      OwnedTable table = partition.table();
      List<Write> writes = new ArrayList<>();
      writes.add(table.nextVersion(partition.id(), version - 1));
      writes.addAll(rows);
      events.forEach(event -> writes.add(table.add(partition.id(), event)));
      return writes;
    }

    /** Whether a statement was carried out; others than the database's failures are ours. */
    private CompletableFuture<A> unknown(Throwable failure) {
      Throwable cause = cause(failure);
      if (!mayPass(cause)) {
        return CompletableFuture.failedFuture(cause);
      }
      LOG.debug("Not known to be done", cause);
      unclear = unclear || notice != null;
      return again();
    }

    private CompletableFuture<A> tooLate() {
      return CompletableFuture.failedFuture(
          unclear
              ? unclear()
              : Problem.unavailable("The database did not get to it in time; nothing was changed"));
    }

    private CompletableFuture<A> again() {
      attempts++;
      int most = Math.min(LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS << Math.min(attempts, 10));
      int pause = ThreadLocalRandom.current().nextInt(1, most);
      return CompletableFuture.supplyAsync(
              this::attempt,
              CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS, executor))
          .thenCompose(Function.identity());
    }
  }

  /** Whether it is the database's failure, and may be gone the next time. */
  private static boolean mayPass(Throwable cause) {
    return cause instanceof Cassandra.NotConnectedException
        || cause instanceof DriverException && !(cause instanceof QueryValidationException);
  }

  private static Problem untouched() {
    return Problem.unavailable("The database does not answer; nothing was changed");
  }

  private static Problem unclear() {
    return Problem.unavailable(
        "The database did not answer in time. The change may have been made; send it again, with"
            + " the same Idempotency-Key");
  }

  /** The failure itself, without what stages wrap it in. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
