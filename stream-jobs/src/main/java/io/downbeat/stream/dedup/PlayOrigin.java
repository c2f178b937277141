package io.downbeat.stream.dedup;

import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.LoggedPlay;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What all copies of a play share: its listener, and the device that numbered it or else its
 * play_id. A Flink key, so its hash is the same in every JVM.
 */
public record PlayOrigin(long userHigh, long userLow, long high, long low) {
  public static final RecordType<PlayOrigin> TYPE =
      RecordType.of(PlayOrigin.class, PlayOrigin::write, PlayOrigin::read);

  static PlayOrigin of(LoggedPlay logged) {
    HeardPlay play = logged.play();
    Id id = play.deviceSeq() == null ? play.playId() : Objects.requireNonNull(play.deviceId());
    return new PlayOrigin(play.userId().high(), play.userId().low(), id.high(), id.low());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PlayOrigin that
        && that.userHigh == userHigh
        && that.userLow == userLow
        && that.high == high
        && that.low == low;
  }

  @Override
  public int hashCode() {
    long mixed = (userHigh ^ userLow) * 0x9E3779B97F4A7C15L + (high ^ low);
    return (int) (mixed ^ (mixed >>> 32));
  }

  private void write(DataOutputView out) throws IOException {
    out.writeLong(userHigh);
    out.writeLong(userLow);
    out.writeLong(high);
    out.writeLong(low);
  }

  private static PlayOrigin read(DataInputView in) throws IOException {
    return new PlayOrigin(in.readLong(), in.readLong(), in.readLong(), in.readLong());
  }
}
