package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Which chart. A Flink key, so its hash is the same in every JVM.
 *
 * @param scope a genre's id, or that of everything
 * @param windowOrdinal of {@link Granularity}
 * @param start milliseconds since 1970 (UTC)
 */
public record ChartKey(Id scope, byte windowOrdinal, long start) {
  public static final RecordType<ChartKey> TYPE =
      RecordType.of(ChartKey.class, ChartKey::write, ChartKey::read);

  private static final Granularity[] WINDOWS = Granularity.values();

  public Granularity window() {
    return WINDOWS[windowOrdinal];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChartKey that
        && that.start == start
        && that.windowOrdinal == windowOrdinal
        && that.scope.equals(scope);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * scope.hashCode() + windowOrdinal) + Long.hashCode(start);
  }

  private void write(DataOutputView out) throws IOException {
    Id.TYPE.write(scope, out);
    out.writeByte(windowOrdinal);
    out.writeLong(start);
  }

  private static ChartKey read(DataInputView in) throws IOException {
    return new ChartKey(Id.TYPE.read(in), in.readByte(), in.readLong());
  }
}
