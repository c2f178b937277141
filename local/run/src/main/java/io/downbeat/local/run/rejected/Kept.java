package io.downbeat.local.run.rejected;

import io.downbeat.schemas.avro.Rejected;
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
    byte[] bytes = new byte[record.getBytes().remaining()];
    record.getBytes().duplicate().get(bytes);
    return bytes;
  }
}
