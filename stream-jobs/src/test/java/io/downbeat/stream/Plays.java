package io.downbeat.stream;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;

/** Plays to test with. */
public final class Plays {

  private Plays() {}

  /** A play of a listener without a device. */
  public static HeardPlay play(long id, Id track, long startedAt, long millis, EndReason end) {
    return new HeardPlay(
        new Id(1, id),
        new Id(2, id % 10),
        null,
        null,
        track,
        startedAt,
        millis,
        null,
        null,
        "AU",
        false,
        end,
        null,
        startedAt + millis);
  }
}
