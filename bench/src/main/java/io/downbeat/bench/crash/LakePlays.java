package io.downbeat.bench.crash;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;

/** {@code lake.plays} in its current snapshot, read through the lake's catalog. */
final class LakePlays {
  private final URI catalogUrl;

  LakePlays(URI catalogUrl) {
    this.catalogUrl = catalogUrl;
  }

  /** What the catalog says; 0 while there is no snapshot. */
  long rows() throws IOException {
    try (RESTCatalog catalog = catalog()) {
      Snapshot current = plays(catalog).currentSnapshot();
      return current == null
          ? 0
          : Long.parseLong(current.summary().get(SnapshotSummary.TOTAL_RECORDS_PROP));
    }
  }

  /** How many rows there are of each play, from the files themselves. */
  Map<UUID, Integer> rowsByPlay() throws IOException {
    Map<UUID, Integer> rows = new HashMap<>();
    try (RESTCatalog catalog = catalog();
        CloseableIterable<Record> records =
            IcebergGenerics.read(plays(catalog)).select("play_id").build()) {
      for (Record record : records) {
        rows.merge((UUID) record.getField("play_id"), 1, Integer::sum);
      }
    }
    return rows;
  }

  private RESTCatalog catalog() {
    RESTCatalog catalog = new RESTCatalog();
    catalog.initialize("lake", Map.of("uri", catalogUrl.toString()));
    return catalog;
  }

  private static Table plays(RESTCatalog catalog) {
    return catalog.loadTable(TableIdentifier.of("lake", "plays"));
  }
}
