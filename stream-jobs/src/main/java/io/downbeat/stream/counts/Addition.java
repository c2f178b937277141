package io.downbeat.stream.counts;

import io.downbeat.stream.io.RecordType;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What is to be added to a bucket. */
public record Addition(Bucket bucket, Heard heard) {
  public static final RecordType<Addition> TYPE =
      RecordType.of(Addition.class, Addition::write, Addition::read);

  private void write(DataOutputView out) throws IOException {
    Bucket.TYPE.write(bucket, out);
    Heard.TYPE.write(heard, out);
  }

  private static Addition read(DataInputView in) throws IOException {
    return new Addition(Bucket.TYPE.read(in), Heard.TYPE.read(in));
  }
}
