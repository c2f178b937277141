package io.downbeat.stream.io;

import io.downbeat.schemas.avro.Play;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * A valid play whose turn it is to be found new, a copy, or neither.
 *
 * @param value the record's bytes, for the case that nobody can decide; null where that can't be:
 *     without a device_seq, since a play_id always decides, and of a play that is in the lake,
 *     where a rebuild finds each once, in no order
 */
public record LoggedPlay(HeardPlay play, byte @Nullable [] value) {
  public static final RecordType<LoggedPlay> TYPE =
      RecordType.of(LoggedPlay.class, LoggedPlay::write, LoggedPlay::read);

  public static LoggedPlay of(Play play, LogRecord record) throws InvalidRecordException {
    HeardPlay heard = HeardPlay.of(play, record);
    return new LoggedPlay(heard, heard.deviceSeq() == null ? null : record.value());
  }

  /** The record it came from. */
  public LogRecord record(String topic) {
    return new LogRecord(topic, play.logPartition(), play.logOffset(), play.loggedAt(), value);
  }

  private void write(DataOutputView out) throws IOException {
    HeardPlay.TYPE.write(play, out);
    out.writeInt(value == null ? -1 : value.length);
    if (value != null) {
      out.write(value);
    }
  }

  private static LoggedPlay read(DataInputView in) throws IOException {
    HeardPlay play = HeardPlay.TYPE.read(in);
    int length = in.readInt();
    if (length < 0) {
      return new LoggedPlay(play, null);
    }
    byte[] value = new byte[length];
    in.readFully(value);
    return new LoggedPlay(play, value);
  }
}
