package io.downbeat.stream.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PlaysTableIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh();

  @Test
  void anOlderTableGetsTheColumnsItLacksAndStaysAsItIsFromThenOn() throws Exception {
    String url = fresh.lakeCatalogUri().toString();
    TableIdentifier plays = TableIdentifier.of(fresh.lakeNamespace(), "plays");
    try (RESTCatalog catalog =
        (RESTCatalog)
            CatalogLoader.rest("lake", new Configuration(), Map.of("uri", url)).loadCatalog()) {
      catalog.createNamespace(Namespace.of(fresh.lakeNamespace()));
      Schema older = new Schema(PlaysTable.SCHEMA.columns().subList(0, 14));
      catalog.createTable(plays, older, PartitionSpec.unpartitioned());

      PlaysTable.plays(url, fresh.lakeNamespace()).create();
      Table table = catalog.loadTable(plays);
      assertThat(table.schema().columns()).isEqualTo(PlaysTable.SCHEMA.columns());

      PlaysTable.plays(url, fresh.lakeNamespace()).create();
      assertThat(catalog.loadTable(plays).history()).isEqualTo(table.history());
      assertThat(catalog.loadTable(plays).schemas()).hasSize(2);
    }
  }

  @Test
  void backfillIsANewTableOfTheSameColumnsWithoutPartitions() throws Exception {
    String url = fresh.lakeCatalogUri().toString();
    PlaysTable.backfill(url, fresh.lakeNamespace()).create();
    try (RESTCatalog catalog =
        (RESTCatalog)
            CatalogLoader.rest("lake", new Configuration(), Map.of("uri", url)).loadCatalog()) {
      Table table = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), "backfill"));
      assertThat(table.schema().columns()).isEqualTo(PlaysTable.SCHEMA.columns());
      assertThat(table.spec().isUnpartitioned()).isTrue();
    }
  }
}
