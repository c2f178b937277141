package io.downbeat.ingest.owned;

import java.util.UUID;

/** A partition of owned state. Equal where its table and id are. */
record Partition(OwnedTable table, UUID id) {

  @Override
  public boolean equals(Object other) {
    return other instanceof Partition that
        && table.name().equals(that.table.name())
        && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return 31 * table.name().hashCode() + id.hashCode();
  }
}
