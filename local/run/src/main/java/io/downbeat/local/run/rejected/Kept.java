package io.downbeat.local.run.rejected;

import io.downbeat.schemas.avro.Rejected;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A rejected record.
 *
 * @param id its key in topic {@code rejected}: the same for every copy
 */
record Kept(UUID id, Rejected record) {

  /** Where it lay in the log. */
  String origin() {
    return record.getTopic() + "-" + record.getPartition() + "-" + record.getOffset();
  }

  byte[] bytes() {
    return array(record.getBytes());
  }

  static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
