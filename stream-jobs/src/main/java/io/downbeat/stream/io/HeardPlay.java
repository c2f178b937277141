package io.downbeat.stream.io;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * A valid play on its way through a job.
 *
 * @param deviceSeq never without a deviceId
 * @param startedAt event time, milliseconds since 1970 (UTC)
 * @param contextType lower case; null where the play has no context
 * @param receivedAt milliseconds since 1970 (UTC), by ingest-api's clock
 * @param loggedAt when the broker appended it, milliseconds since 1970 (UTC)
 * @param logPartition of topic plays
 * @param logOffset in that partition
 */
public record HeardPlay(
    Id playId,
    Id userId,
    @Nullable Id deviceId,
    @Nullable Long deviceSeq,
    Id trackId,
    long startedAt,
    long playedMillis,
    @Nullable String contextType,
    @Nullable String contextId,
    @Nullable String country,
    boolean offline,
    EndReason endReason,
    @Nullable String client,
    long receivedAt,
    long loggedAt,
    int logPartition,
    long logOffset) {

  public static final RecordType<HeardPlay> TYPE =
      RecordType.of(HeardPlay.class, HeardPlay::write, HeardPlay::read);

  private static final EndReason[] END_REASONS = EndReason.values();
  private static final long EARLIEST = 0;
  private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  /**
   * @throws InvalidRecordException if a value would make counts or the lake nonsense, whoever wrote
   *     it to the log
   */
  public static HeardPlay of(Play play, LogRecord record) throws InvalidRecordException {
    long startedAt = play.getStartedAt().toEpochMilli();
    if (startedAt < EARLIEST || startedAt > LATEST) {
      throw new InvalidRecordException("started_at", startedAt, "lies in the years 1970 to 9999");
    }
    long receivedAt = play.getReceivedAt().toEpochMilli();
    if (receivedAt < EARLIEST || receivedAt > LATEST) {
      throw new InvalidRecordException("received_at", receivedAt, "lies in the years 1970 to 9999");
    }
    if (play.getPlayedMillis() < 0 || play.getPlayedMillis() > 86_400_000) {
      throw new InvalidRecordException(
          "played_millis", play.getPlayedMillis(), "lies between 0 and 86,400,000");
    }
    Long deviceSeq = play.getDeviceSeq();
    if (deviceSeq != null && deviceSeq < 0) {
      throw new InvalidRecordException("device_seq", deviceSeq, "is at least 0");
    }
    if (deviceSeq != null && play.getDeviceId() == null) {
      throw new InvalidRecordException("device_seq", deviceSeq, "comes with a device_id");
    }
    PlayContext context = play.getContext();
    return new HeardPlay(
        Id.of(play.getPlayId()),
        Id.of(play.getUserId()),
        Id.ofNullable(play.getDeviceId()),
        deviceSeq,
        Id.of(play.getTrackId()),
        startedAt,
        play.getPlayedMillis(),
        context == null ? null : context.getType().name().toLowerCase(Locale.ROOT),
        context == null ? null : context.getId(),
        play.getCountry(),
        play.getOffline(),
        play.getEndReason(),
        play.getClient(),
        receivedAt,
        record.loggedAt(),
        record.partition(),
        record.offset());
  }

  private void write(DataOutputView out) throws IOException {
    Id.TYPE.write(playId, out);
    Id.TYPE.write(userId, out);
    Id.writeNullable(deviceId, out);
    out.writeLong(deviceSeq == null ? -1 : deviceSeq);
    Id.TYPE.write(trackId, out);
    out.writeLong(startedAt);
    out.writeLong(playedMillis);
    StringValue.writeString(contextType, out);
    StringValue.writeString(contextId, out);
    StringValue.writeString(country, out);
    out.writeBoolean(offline);
    out.writeByte(endReason.ordinal());
    StringValue.writeString(client, out);
    out.writeLong(receivedAt);
    out.writeLong(loggedAt);
    out.writeInt(logPartition);
    out.writeLong(logOffset);
  }

  private static HeardPlay read(DataInputView in) throws IOException {
    Id playId = Id.TYPE.read(in);
    Id userId = Id.TYPE.read(in);
    Id deviceId = Id.readNullable(in);
    long deviceSeq = in.readLong();
    return new HeardPlay(
        playId,
        userId,
        deviceId,
        deviceSeq < 0 ? null : deviceSeq,
        Id.TYPE.read(in),
        in.readLong(),
        in.readLong(),
        StringValue.readString(in),
        StringValue.readString(in),
        StringValue.readString(in),
        in.readBoolean(),
        END_REASONS[in.readByte()],
        StringValue.readString(in),
        in.readLong(),
        in.readLong(),
        in.readInt(),
        in.readLong());
  }
}
