package io.downbeat.batch.publish;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.Iterator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
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
    Semaphore free = new Semaphore(IN_FLIGHT);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    long written = 0;
    while (rows.hasNext() && failure.get() == null) {
      free.acquireUninterruptibly();
      session
          .executeAsync(statement.bind(rows.next()))
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
