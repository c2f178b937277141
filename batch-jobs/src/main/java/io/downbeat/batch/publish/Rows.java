package io.downbeat.batch.publish;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.Iterator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Many writes, a bounded number of them under way at a time. */
public final class Rows {
  private static final int IN_FLIGHT = 128;

  private Rows() {}

  /**
   * Returns when every row is written; fails with the first failure.
   *
   * @param rows the values of each row, in the order of the statement's markers
   * @return how many
   */
  public static long write(CqlSession session, String cql, Iterator<Object[]> rows) {
    PreparedStatement statement = session.prepare(cql);
    return write(rows, row -> session.executeAsync(statement.bind(row)));
  }

  /**
   * The same, with a statement of the caller's.
   *
   * @param write sends one row
   */
  public static <T> long write(Iterator<T> rows, Function<T, CompletionStage<?>> write) {
    Semaphore free = new Semaphore(IN_FLIGHT);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    long written = 0;
    while (rows.hasNext() && failure.get() == null) {
      T row = rows.next();
      free.acquireUninterruptibly();
      write
          .apply(row)
          .whenComplete(
              (done, failed) -> {
                if (failed != null) {
                  failure.compareAndSet(null, failed);
                }
                free.release();
              });
      written++;
    }
    free.acquireUninterruptibly(IN_FLIGHT);
    Throwable failed = failure.get();
    if (failed != null) {
      throw new CompletionException("Cannot write to Cassandra: " + failed.getMessage(), failed);
    }
    return written;
  }
}
