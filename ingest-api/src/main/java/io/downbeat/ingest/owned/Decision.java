package io.downbeat.ingest.owned;

import io.downbeat.ingest.owned.Cassandra.Write;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * What becomes of a partition that is asked for a change, and what the answer then is.
 *
 * @param <A> the answer
 */
public sealed interface Decision<A> {

  /** The answer, given once the decision is carried out. */
  A answer();

  /** Nothing changes: it is so already, or is not allowed. */
  record Stay<A>(A answer) implements Decision<A> {}

  /**
   * A new version.
   *
   * @param rows of the partition, without its version
   * @param events that others must hear of it, under the version that comes after the one read
   */
  record Change<A>(List<Write> rows, List<? extends SpecificRecord> events, A answer)
      implements Decision<A> {
    public Change {
      rows = List.copyOf(rows);
      events = List.copyOf(events);
    }
  }
}
