package io.downbeat.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;

class PlayBinaryTest {
  private static final int ID = 7;
  private static final int HEADER = 5;

  private final AvroWireCodec<Play> codec =
      new AvroWireCodec<>(Play.class, id -> Play.getClassSchema().toString());

  @Property(tries = 2_000)
  void writesWhatAvroWritesAndReadsItBack(@ForAll("plays") Play play) throws Exception {
    byte[] written = codec.encode(play, ID);
    assertThat(Arrays.copyOfRange(written, HEADER, written.length)).isEqualTo(byAvro(play));
    assertThat(codec.decode(written)).isEqualTo(play);
  }

  @Test
  void knowsTheSchemaOfTodayAndNoOther() {
    PlayBinary binary = new PlayBinary();
    assertThat(binary.knows(Play.getClassSchema())).isTrue();
    assertThat(binary.knows(PlayContext.getClassSchema())).isFalse();
  }

  private static byte[] byAvro(Play play) throws IOException {
    Schema schema = Play.getClassSchema();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new SpecificDatumWriter<Play>(schema, SpecificData.getForClass(Play.class))
        .write(play, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  @Provide
  Arbitrary<Play> plays() {
    Arbitrary<UUID> ids = Arbitraries.create(UUID::randomUUID);
    Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(200).injectNull(.3);
    Arbitrary<Instant> times =
        Arbitraries.longs().between(0, 253_402_300_799_999L).map(Instant::ofEpochMilli);
    Arbitrary<PlayContext> contexts =
        Combinators.combine(Arbitraries.of(ContextType.class), texts)
            .as(PlayContext::new)
            .injectNull(.3);
    return Combinators.combine(
            ids.list().ofSize(4),
            Arbitraries.longs().injectNull(.3),
            times,
            Arbitraries.longs(),
            contexts,
            texts,
            Arbitraries.of(EndReason.class),
            times)
        .as(
            (id, seq, started, millis, context, text, end, received) ->
                new Play(
                    id.get(0),
                    id.get(1),
                    seq == null ? null : id.get(2),
                    seq,
                    id.get(3),
                    started,
                    millis,
                    context,
                    text,
                    millis % 2 == 0,
                    end,
                    text,
                    received));
  }
}
