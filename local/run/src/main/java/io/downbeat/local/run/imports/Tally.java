package io.downbeat.local.run.imports;

import java.util.Locale;

/**
 * What became of a file's rows, over all runs that it took.
 *
 * @param rows read, without the header
 * @param sent objects that the API has answered for: plays, or lines of the catalogue
 * @param accepted of these, acknowledged by the log
 * @param duplicates of these, repeats within one request
 * @param refused here or by the API
 */
record Tally(long rows, long sent, long accepted, long duplicates, long refused) {

  static final Tally ZERO = new Tally(0, 0, 0, 0, 0);

  Tally plus(Tally other) {
    return new Tally(
        rows + other.rows,
        sent + other.sent,
        accepted + other.accepted,
        duplicates + other.duplicates,
        refused + other.refused);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d rows: %,d sent, %,d accepted, %,d duplicates, %,d refused",
        rows,
        sent,
        accepted,
        duplicates,
        refused);
  }
}
