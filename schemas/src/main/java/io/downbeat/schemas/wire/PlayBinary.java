package io.downbeat.schemas.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Avro binary of plays without a walk through their schema: they are nearly all that is ever
 * written and read, and it takes a third of the time. Of a schema with other fields than these it
 * knows nothing, and plays go the general way.
 */
final class PlayBinary implements AvroWireCodec.Binary<Play> {
  private static final List<String> FIELDS =
      List.of(
          "play_id",
          "user_id",
          "device_id",
          "device_seq",
          "track_id",
          "started_at",
          "played_millis",
          "context",
          "country",
          "offline",
          "end_reason",
          "client",
          "received_at");

  private static final int LONGEST_LONG = 10;

  /** Five ids, four numbers, and a byte or a few for everything else beside the strings. */
  private static final int MOST_BUT_STRINGS = 5 * 16 + 4 * LONGEST_LONG + 64;

  /** Room for all but the longest texts: what is written is copied out of it. */
  private static final ThreadLocal<ByteBuffer> ROOM =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(1 << 10));

  private static final byte[] NO_TEXT = {};
  private static final ContextType[] CONTEXT_TYPES = ContextType.values();
  private static final EndReason[] END_REASONS = EndReason.values();

  @Override
  public boolean knows(Schema schema) {
    return schema.getFields().stream().map(Schema.Field::name).toList().equals(FIELDS);
  }

  @Override
  public byte[] write(byte[] header, Play play) {
    PlayContext context = play.getContext();
    byte[] contextId = bytes(context == null ? null : context.getId());
    byte[] country = bytes(play.getCountry());
    byte[] client = bytes(play.getClient());
    ByteBuffer out =
        room(header.length + MOST_BUT_STRINGS + contextId.length + country.length + client.length);
    out.put(header);
    putId(out, play.getPlayId());
    putId(out, play.getUserId());
    if (putPresence(out, play.getDeviceId())) {
      putId(out, play.getDeviceId());
    }
    if (putPresence(out, play.getDeviceSeq())) {
      putLong(out, play.getDeviceSeq());
    }
    putId(out, play.getTrackId());
    putLong(out, play.getStartedAt().toEpochMilli());
    putLong(out, play.getPlayedMillis());
    if (putPresence(out, context)) {
      putLong(out, context.getType().ordinal());
      putText(out, context.getId(), contextId);
    }
    putText(out, play.getCountry(), country);
    out.put((byte) (play.getOffline() ? 1 : 0));
    putLong(out, play.getEndReason().ordinal());
    putText(out, play.getClient(), client);
    putLong(out, play.getReceivedAt().toEpochMilli());
    return Arrays.copyOf(out.array(), out.position());
  }

  private static ByteBuffer room(int bytes) {
    ByteBuffer room = ROOM.get();
    return room.capacity() < bytes ? ByteBuffer.allocate(bytes) : room.clear();
  }

  @Override
  public Play read(BinaryDecoder in) throws IOException {
    byte[] id = new byte[16];
    Play play = new Play();
    play.setPlayId(readId(in, id));
    play.setUserId(readId(in, id));
    play.setDeviceId(isPresent(in) ? readId(in, id) : null);
    play.setDeviceSeq(isPresent(in) ? in.readLong() : null);
    play.setTrackId(readId(in, id));
    play.setStartedAt(Instant.ofEpochMilli(in.readLong()));
    play.setPlayedMillis(in.readLong());
    play.setContext(
        isPresent(in) ? new PlayContext(CONTEXT_TYPES[in.readEnum()], readText(in)) : null);
    play.setCountry(readText(in));
    play.setOffline(in.readBoolean());
    play.setEndReason(END_REASONS[in.readEnum()]);
    play.setClient(readText(in));
    play.setReceivedAt(Instant.ofEpochMilli(in.readLong()));
    return play;
  }

  private static byte[] bytes(@Nullable String text) {
    return text == null ? NO_TEXT : text.getBytes(UTF_8);
  }

  private static void putId(ByteBuffer out, UUID id) {
    out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  /** The branch of a union with null, which comes first. */
  private static boolean putPresence(ByteBuffer out, @Nullable Object value) {
    putLong(out, value == null ? 0 : 1);
    return value != null;
  }

  private static void putText(ByteBuffer out, @Nullable String text, byte[] bytes) {
    if (putPresence(out, text)) {
      putLong(out, bytes.length);
      out.put(bytes);
    }
  }

  /** Zig-zag, seven bits a byte, the lowest first. */
  private static void putLong(ByteBuffer out, long value) {
    long left = (value << 1) ^ (value >> 63);
    while ((left & ~0x7FL) != 0) {
      out.put((byte) (left | 0x80));
      left >>>= 7;
    }
    out.put((byte) left);
  }

  private static UUID readId(BinaryDecoder in, byte[] bytes) throws IOException {
    in.readFixed(bytes, 0, bytes.length);
    ByteBuffer id = ByteBuffer.wrap(bytes);
    return new UUID(id.getLong(), id.getLong());
  }

  private static boolean isPresent(BinaryDecoder in) throws IOException {
    int branch = in.readIndex();
    if (branch != 0 && branch != 1) {
      throw new AvroRuntimeException("a union of two has no branch " + branch);
    }
    return branch == 1;
  }

  private static @Nullable String readText(BinaryDecoder in) throws IOException {
    return isPresent(in) ? in.readString() : null;
  }
}
