package io.downbeat.stream.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.Track;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import io.downbeat.schemas.wire.AvroWireCodec.UnknownSchemaException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecodeTest {
  private static final Instant START = Instant.parse("2026-01-01T20:15:00Z");
  private static final int PLAY_SCHEMA = 1;
  private static final int TRACK_SCHEMA = 2;

  private interface Registry extends SchemaById, Serializable {}

  private static final Registry REGISTRY =
      id ->
          switch (id) {
            case PLAY_SCHEMA -> Play.getClassSchema().toString();
            case TRACK_SCHEMA -> Track.getClassSchema().toString();
            default -> throw new UnknownSchemaException(id);
          };

  static Stream<Arguments> poison() {
    byte[] good = bytes(play -> {});
    byte[] noise = new byte[1_000_000];
    new Random(7).nextBytes(noise);
    noise[0] = 42;
    byte[] noiseOfAPlay = noise.clone();
    System.arraycopy(good, 0, noiseOfAPlay, 0, 5);
    byte[] unknown = good.clone();
    ByteBuffer.wrap(unknown).putInt(1, 99);
    byte[] wrongMagic = good.clone();
    wrongMagic[0] = 1;
    byte[] track = track();
    return Stream.of(
        Arguments.of(null, "The record has no value"),
        Arguments.of(new byte[0], "Cannot decode a Play: expected a zero byte"),
        Arguments.of(wrongMagic, "Cannot decode a Play: expected a zero byte"),
        Arguments.of(noise, "Cannot decode a Play: expected a zero byte"),
        Arguments.of(noiseOfAPlay, "Cannot decode a Play"),
        Arguments.of(Arrays.copyOf(good, good.length - 3), "Cannot decode a Play"),
        Arguments.of(Arrays.copyOf(good, 5), "Cannot decode a Play"),
        Arguments.of(Arrays.copyOf(good, good.length + 1), "bytes are left after the value"),
        Arguments.of(unknown, "No schema has id 99"),
        Arguments.of(track, "Cannot decode a Play"),
        Arguments.of(bytes(play -> play.setPlayedMillis(-1)), "played_millis is -1"),
        Arguments.of(bytes(play -> play.setPlayedMillis(86_400_001)), "played_millis is 86400001"),
        Arguments.of(
            bytes(play -> play.setStartedAt(Instant.ofEpochMilli(-1))), "started_at is -1"),
        Arguments.of(
            bytes(play -> play.setStartedAt(Instant.ofEpochMilli(Long.MAX_VALUE))),
            "started_at is 9223372036854775807"),
        Arguments.of(
            bytes(play -> play.setReceivedAt(Instant.ofEpochMilli(Long.MIN_VALUE))),
            "received_at is -9223372036854775808"),
        Arguments.of(bytes(play -> play.setDeviceSeq(-1L)), "device_seq is -1"));
  }

  @ParameterizedTest
  @MethodSource("poison")
  void whatIsNoPlayIsSetAsideWholeAndTheNextOneGoesOn(byte @Nullable [] value, String reason)
      throws Exception {
    try (var decode = decode()) {
      LogRecord record = new LogRecord("plays", 3, 17, START.toEpochMilli(), value);
      decode.processElement(record, 0);
      decode.processElement(
          new LogRecord("plays", 3, 18, START.toEpochMilli(), bytes(play -> {})), 0);

      List<RejectedRecord> rejected =
          decode.getSideOutput(Decode.REJECTED).stream().map(each -> each.getValue()).toList();
      assertThat(rejected).hasSize(1);
      assertThat(rejected.get(0).record()).usingRecursiveComparison().isEqualTo(record);
      assertThat(rejected.get(0).reason()).contains(reason);
      assertThat(decode.extractOutputValues()).hasSize(1);
      assertThat(decode.extractOutputValues().get(0).play().logOffset()).isEqualTo(18);
    }
  }

  @Test
  void aPlayThatIsValidIsNotSetAside() throws Exception {
    try (var decode = decode()) {
      decode.processElement(
          new LogRecord("plays", 0, 0, START.toEpochMilli(), bytes(play -> {})), 0);
      assertThat(decode.getSideOutput(Decode.REJECTED)).isNullOrEmpty();
      assertThat(decode.extractOutputValues()).hasSize(1);
    }
  }

  @Test
  void aTrackThatIsWithdrawnIsNeitherATrackNorAFault() throws Exception {
    try (var decode =
        ProcessFunctionTestHarnesses.forProcessFunction(
            new Decode<>(Topics.TRACKS, REGISTRY, CatalogTrack::of))) {
      decode.processElement(new LogRecord("tracks", 0, 0, START.toEpochMilli(), track()), 0);
      decode.processElement(new LogRecord("tracks", 0, 1, START.toEpochMilli(), null), 0);

      assertThat(decode.getSideOutput(Decode.REJECTED)).isNullOrEmpty();
      assertThat(decode.extractOutputValues()).hasSize(1);
    }
  }

  private static byte[] track() {
    return new AvroWireCodec<>(Track.class, REGISTRY)
        .encode(
            Track.newBuilder()
                .setTrackId(new UUID(4, 1))
                .setTitle("No play")
                .setUpdatedAt(START)
                .build(),
            TRACK_SCHEMA);
  }

  private static OneInputStreamOperatorTestHarness<LogRecord, LoggedPlay> decode()
      throws Exception {
    return ProcessFunctionTestHarnesses.forProcessFunction(
        new Decode<>(Topics.PLAYS, REGISTRY, LoggedPlay::of));
  }

  private static byte[] bytes(Consumer<Play> change) {
    Play play =
        Play.newBuilder()
            .setPlayId(new UUID(1, 1))
            .setUserId(new UUID(2, 1))
            .setDeviceId(new UUID(3, 1))
            .setTrackId(new UUID(4, 1))
            .setStartedAt(START)
            .setPlayedMillis(180_000)
            .setReceivedAt(START)
            .build();
    change.accept(play);
    return new AvroWireCodec<>(Play.class, REGISTRY).encode(play, PLAY_SCHEMA);
  }
}
