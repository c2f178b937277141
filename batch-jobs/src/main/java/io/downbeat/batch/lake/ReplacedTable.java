package io.downbeat.batch.lake;

import java.time.Instant;
import java.util.Objects;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;

/**
 * A table that holds how something was, and is replaced whole: one commit, one snapshot each time.
 */
public final class ReplacedTable {

  /** Property of each snapshot: when reading began of what it holds; it ended by its commit. */
  public static final String READ_FROM = "read-from";

  private final Lake lake;
  private final String name;

  /**
   * @param columns of the table, made where it is missing
   */
  ReplacedTable(Lake lake, String name, Schema columns) {
    this.lake = lake;
    this.name = name;
    Namespace namespace = Namespace.of(lake.namespace());
    Catalog catalog = Spark3Util.loadIcebergCatalog(lake.spark(), Lake.NAME);
    if (catalog instanceof SupportsNamespaces namespaces
        && !namespaces.namespaceExists(namespace)) {
      namespaces.createNamespace(namespace);
    }
    TableIdentifier table = TableIdentifier.of(namespace, name);
    if (!catalog.tableExists(table)) {
      catalog.createTable(table, columns, PartitionSpec.unpartitioned());
    }
  }

  /**
   * @param rows with the columns of the table; UUIDs are text
   * @return how many there are now
   */
  public long replace(Dataset<Row> rows, Instant readFrom) {
    try {
      rows.writeTo(lake.table(name))
          .option("snapshot-property." + READ_FROM, readFrom.toString())
          .overwrite(functions.lit(true));
    } catch (NoSuchTableException e) {
      throw new IllegalStateException("Cannot replace " + name, e);
    }
    return Long.parseLong(
        Objects.requireNonNull(
            lake.iceberg(name).currentSnapshot().summary().get("total-records")));
  }
}
