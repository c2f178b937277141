package io.downbeat.batch.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How the served totals compare with the lake.
 *
 * @param days how many days back were audited, today included; empty: everything
 * @param snapshotBefore of the lake's plays: all that was surely counted when the tables were read
 * @param snapshotAfter all that may have been counted by then
 * @param drift the sum of what each measure was off, over all differing buckets
 * @param examples of what differs
 */
record Audit(
    Instant auditedAt,
    long durationMillis,
    OptionalInt days,
    long snapshotBefore,
    long snapshotAfter,
    Table counts,
    Map<String, Long> drift,
    Table charts,
    List<Map<String, String>> examples) {
  static final int MOST_EXAMPLES = 100;

  Audit {
    drift = Map.copyOf(drift);
    examples = List.copyOf(examples);
  }

  /**
   * @param compared rows on which both snapshots agree, so that just one value is right
   * @param moving rows that plays came into meanwhile: wrong only beyond what either snapshot says
   * @param undecided rows that are off by no more than the plays whose track's record has changed
   *     or is unknown could make them
   * @param differing rows that are wrong, missing, or that the lake knows nothing of
   */
  record Table(long compared, long moving, long undecided, long differing) {

    Map<String, Long> toMap() {
      return Map.of(
          "compared", compared, "moving", moving, "undecided", undecided, "differing", differing);
    }
  }

  boolean isClean() {
    return counts.differing() == 0 && charts.differing() == 0;
  }
}
