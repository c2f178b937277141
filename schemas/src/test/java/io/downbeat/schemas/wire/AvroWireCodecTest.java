package io.downbeat.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.wire.AvroWireCodec.MalformedValueException;
import io.downbeat.schemas.wire.AvroWireCodec.UnknownSchemaException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AvroWireCodecTest {
  private static final int ID = 7;

  /** 2^30 as Avro writes a long. */
  private static final byte[] GIGA = {
    (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x08
  };

  private final AtomicInteger asked = new AtomicInteger();
  private final AvroWireCodec<Play> codec =
      new AvroWireCodec<>(
          Play.class,
          id -> {
            asked.incrementAndGet();
            if (id != ID) {
              throw new UnknownSchemaException(id);
            }
            return Play.getClassSchema().toString();
          });

  private static Play play() {
    return Play.newBuilder()
        .setPlayId(new UUID(1, 2))
        .setUserId(new UUID(3, 4))
        .setDeviceId(new UUID(5, 6))
        .setDeviceSeq(9L)
        .setTrackId(new UUID(7, 8))
        .setStartedAt(Instant.parse("2026-01-02T03:04:05.678Z"))
        .setPlayedMillis(31_000)
        .setContext(new PlayContext(ContextType.ALBUM, "ünïcode ♫"))
        .setCountry("AU")
        .setEndReason(EndReason.SKIPPED)
        .setReceivedAt(Instant.parse("2026-01-02T03:05:00Z"))
        .build();
  }

  @Test
  void valueGoesThroughTheWireUnchangedAndTheRegistryIsAskedOnce() throws Exception {
    byte[] bytes = codec.encode(play(), ID);
    assertThat(codec.decode(bytes)).isEqualTo(play());
    assertThat(codec.decode(bytes)).isEqualTo(play());
    assertThat(asked).hasValue(1);
  }

  @Test
  void wireFormatIsAZeroByteTheIdAndAvroBinary() {
    ByteBuffer bytes = ByteBuffer.wrap(codec.encode(play(), 0x01020304));
    assertThat(bytes.get()).isZero();
    assertThat(bytes.getInt()).isEqualTo(0x01020304);
    assertThat(bytes.getLong()).as("play_id, first half").isEqualTo(1);
  }

  @Test
  void idThatTheRegistryDoesNotKnowIsTheBytesFault() {
    assertThatThrownBy(() -> codec.decode(codec.encode(play(), 8)))
        .isInstanceOf(MalformedValueException.class)
        .hasMessageContaining("No schema has id 8");
  }

  @Test
  void registryThatDoesNotAnswerIsNotTheBytesFault() {
    AvroWireCodec<Play> cut =
        new AvroWireCodec<>(
            Play.class,
            id -> {
              throw new IOException("connection refused");
            });
    assertThatThrownBy(() -> cut.decode(codec.encode(play(), ID)))
        .isExactlyInstanceOf(IOException.class);
  }

  @Test
  void anyTruncationAndAnyTailIsMalformed() {
    byte[] whole = codec.encode(play(), ID);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(MalformedValueException.class);
    }
    assertThatThrownBy(() -> codec.decode(Arrays.copyOf(whole, whole.length + 1)))
        .isInstanceOf(MalformedValueException.class);
  }

  @Property
  void noBytesDoAnythingWorse(@ForAll @Size(max = 200) byte[] noise) {
    ByteBuffer bytes = ByteBuffer.allocate(5 + noise.length).put((byte) 0).putInt(ID).put(noise);
    try {
      codec.decode(bytes.array());
    } catch (MalformedValueException e) {
      assertThat(e).hasMessageStartingWith("Cannot decode a Play");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void claimedLengthOfAGigabyteCostsNoMemory() {
    AvroWireCodec<Track> tracks =
        new AvroWireCodec<>(Track.class, id -> Track.getClassSchema().toString());
    byte[] title = ByteBuffer.allocate(30).put((byte) 0).putInt(ID).position(21).put(GIGA).array();
    assertRefusedCheaply(tracks, title);
    byte[] artists =
        ByteBuffer.allocate(30)
            .put((byte) 0)
            .putInt(ID)
            .position(21)
            .put((byte) 0)
            .put(GIGA)
            .array();
    assertRefusedCheaply(tracks, artists);
  }

  private static void assertRefusedCheaply(AvroWireCodec<Track> tracks, byte[] bytes) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> tracks.decode(bytes)).isInstanceOf(MalformedValueException.class);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
  }
}
