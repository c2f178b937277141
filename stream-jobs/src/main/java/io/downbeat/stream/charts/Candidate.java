package io.downbeat.stream.charts;

import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A track's streams in a chart's window, all of them so far.
 *
 * @param streams never fewer than in an earlier candidate of the same chart and track
 */
public record Candidate(ChartKey chart, Id track, long streams) {
  public static final RecordType<Candidate> TYPE =
      RecordType.of(Candidate.class, Candidate::write, Candidate::read);

  private void write(DataOutputView out) throws IOException {
    ChartKey.TYPE.write(chart, out);
    Id.TYPE.write(track, out);
    out.writeLong(streams);
  }

  private static Candidate read(DataInputView in) throws IOException {
    return new Candidate(ChartKey.TYPE.read(in), Id.TYPE.read(in), in.readLong());
  }
}
