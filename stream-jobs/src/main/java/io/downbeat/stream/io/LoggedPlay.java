package io.downbeat.stream.io;

import io.downbeat.schemas.avro.Play;
import org.jspecify.annotations.Nullable;

/**
 * A valid play whose turn it is to be found new, a copy, or neither.
 *
 * @param value the record's bytes, for the case that nobody can decide; null where there is no
 *     device_seq, since a play_id always decides
 */
public record LoggedPlay(HeardPlay play, byte @Nullable [] value) {

  public static LoggedPlay of(Play play, LogRecord record) throws InvalidRecordException {
    HeardPlay heard = HeardPlay.of(play, record);
    return new LoggedPlay(heard, heard.deviceSeq() == null ? null : record.value());
  }

  /** The record it came from. */
  public LogRecord record(String topic) {
    return new LogRecord(topic, play.logPartition(), play.logOffset(), play.loggedAt(), value);
  }
}
