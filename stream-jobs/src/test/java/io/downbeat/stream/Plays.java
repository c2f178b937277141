package io.downbeat.stream;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.identity.PlayId;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.LoggedPlay;
import java.util.List;

/** Plays to test with. */
public final class Plays {

  private Plays() {}

  /** A play of a listener without a device, logged as it ended. */
  public static HeardPlay play(long id, Id track, long startedAt, long millis, EndReason end) {
    return of(new Id(1, id), new Id(2, id % 10), track, startedAt, millis, end, startedAt + millis);
  }

  /** A play of a listener without a device. */
  public static HeardPlay of(
      Id id, Id user, Id track, long startedAt, long millis, EndReason end, long loggedAt) {
    return new HeardPlay(
        id, user, null, null, track, startedAt, millis, null, null, "AU", false, end, null,
        loggedAt, loggedAt, 0, id.low());
  }

  /** A play that its device numbered. */
  public static HeardPlay numbered(Id user, Id device, long number) {
    return new HeardPlay(
        Id.of(PlayId.of(device.toUuid(), number)),
        user,
        device,
        number,
        new Id(4, 1),
        number,
        40_000,
        null,
        null,
        null,
        true,
        EndReason.COMPLETED,
        null,
        number,
        number,
        0,
        number);
  }

  /** As they come from the log. */
  public static List<LoggedPlay> logged(List<HeardPlay> plays) {
    return plays.stream().map(play -> new LoggedPlay(play, null)).toList();
  }
}
