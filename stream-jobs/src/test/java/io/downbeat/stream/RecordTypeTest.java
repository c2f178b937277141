package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.stream.charts.Candidate;
import io.downbeat.stream.charts.ChartKey;
import io.downbeat.stream.counts.Addition;
import io.downbeat.stream.counts.Bucket;
import io.downbeat.stream.counts.Heard;
import io.downbeat.stream.counts.Rise;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.counts.Thing;
import io.downbeat.stream.dedup.PlayOrigin;
import io.downbeat.stream.fans.ListChange;
import io.downbeat.stream.fans.Movement;
import io.downbeat.stream.io.CatalogTrack;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.LoggedPlay;
import io.downbeat.stream.io.RecordType;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordTypeTest {
  private static final Id ID = new Id(1, Long.MIN_VALUE);
  private static final Bucket BUCKET = new Bucket((byte) 1, 2, -3, (byte) 2, -4);
  private static final ChartKey CHART = new ChartKey(ID, (byte) 3, 5);
  private static final HeardPlay FULL =
      new HeardPlay(
          ID, ID, ID, 0L, ID, 1, 2, "album", "ä", "SE", true, EndReason.SKIPPED, "c", 3, 4, 5, 6);
  private static final HeardPlay SPARSE =
      new HeardPlay(
          ID,
          ID,
          null,
          null,
          ID,
          1,
          2,
          null,
          null,
          null,
          false,
          EndReason.UNKNOWN,
          null,
          3,
          4,
          5,
          6);

  static List<Record> records() {
    return List.of(
        ID,
        BUCKET,
        CHART,
        FULL,
        SPARSE,
        new Thing((byte) 4, 5, 6),
        new PlayOrigin(1, 2, 3, 4),
        new Candidate(CHART, ID, 7),
        new Addition(BUCKET, new Heard(new long[] {1, 2, 3, 4}, new long[] {})),
        new Rise(new Thing((byte) 2, 5, 6), 360.25),
        new Tally(BUCKET, new long[] {1, 2, 3, 4}, 5),
        new ListChange(ID, new Thing((byte) 5, 5, 6), 7, true),
        new ListChange(ID, null, 7, false),
        new Movement(new Thing((byte) 0, 5, 6), 7, 3),
        new LoggedPlay(FULL, new byte[] {1, -2}),
        new LoggedPlay(SPARSE, null),
        new CatalogTrack(ID, List.of(ID, new Id(2, 3)), null, List.of(), 8),
        new CatalogTrack(ID, List.of(), ID, List.of(ID), 8));
  }

  @SuppressWarnings("unchecked")
  private static TypeSerializer<Record> serializer(Class<?> record) throws Exception {
    RecordType<Record> type = (RecordType<Record>) record.getField("TYPE").get(null);
    return type.createSerializer(new SerializerConfigImpl());
  }

  private static byte[] written(TypeSerializer<Record> serializer, Record record) throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(record, out);
    return out.getCopyOfBuffer();
  }

  @ParameterizedTest
  @MethodSource("records")
  void whatIsWrittenIsReadAgain(Record record) throws Exception {
    TypeSerializer<Record> serializer =
        InstantiationUtil.clone(serializer(record.getClass())); // as it travels to a task
    byte[] written = written(serializer, record);
    DataInputDeserializer in = new DataInputDeserializer(written);
    assertThat(serializer.deserialize(in)).usingRecursiveComparison().isEqualTo(record);
    assertThat(in.available()).isZero();
    DataOutputSerializer copy = new DataOutputSerializer(64);
    serializer.copy(new DataInputDeserializer(written), copy);
    assertThat(copy.getCopyOfBuffer()).isEqualTo(written);
  }

  @ParameterizedTest
  @MethodSource("records")
  void stateKnowsByWhichRecordItWasWritten(Record record) throws Exception {
    TypeSerializer<Record> serializer = serializer(record.getClass());
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
    TypeSerializerSnapshot<Record> read =
        TypeSerializerSnapshot.readVersionedSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(read.restoreSerializer()).isEqualTo(serializer);
    assertThat(serializer.snapshotConfiguration().resolveSchemaCompatibility(read))
        .matches(compatibility -> compatibility.isCompatibleAsIs());
  }

  @Test
  void stateOfAnotherRecordIsRefused() throws Exception {
    assertThat(
            serializer(Id.class)
                .snapshotConfiguration()
                .resolveSchemaCompatibility(serializer(Thing.class).snapshotConfiguration()))
        .matches(compatibility -> compatibility.isIncompatible());
  }
}
