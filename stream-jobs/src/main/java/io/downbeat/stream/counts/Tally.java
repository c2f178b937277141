package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.Counters;
import io.downbeat.stream.io.Longs;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ObjectArrayTypeInfo;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The absolute totals of a bucket.
 *
 * @param measures by the position of {@link Counters}
 * @param listeners how many different ones; 0 in buckets for which they aren't counted
 */
public record Tally(Bucket bucket, long[] measures, long listeners) {
  public static final RecordType<Tally> TYPE =
      RecordType.of(Tally.class, Tally::write, Tally::read);

  public static final TypeInformation<Tally[]> TOGETHER =
      ObjectArrayTypeInfo.getInfoFor(Tally[].class, TYPE);

  public long streams() {
    return measures[Counters.STREAMS.ordinal()];
  }

  private void write(DataOutputView out) throws IOException {
    Bucket.TYPE.write(bucket, out);
    Longs.write(measures, out);
    out.writeLong(listeners);
  }

  private static Tally read(DataInputView in) throws IOException {
    return new Tally(Bucket.TYPE.read(in), Longs.read(in), in.readLong());
  }
}
