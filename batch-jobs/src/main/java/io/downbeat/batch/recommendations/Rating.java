package io.downbeat.batch.recommendations;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** What streams of a track say about the liking for it: each doubling adds about one. */
public final class Rating {

  private Rating() {}

  /**
   * @param streams how often the listener streamed the track, at least once
   * @return log2(1 + streams), so that one stream is rated one
   */
  public static Column of(Column streams) {
    return functions.log2(functions.lit(1).plus(streams)).cast("float");
  }
}
