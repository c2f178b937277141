package io.downbeat.batch.snapshots;

import io.downbeat.batch.publish.CassandraCluster;
import io.downbeat.batch.publish.TableScan;
import io.downbeat.schemas.avro.LibraryList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What accounts and libraries have that is nobody's personal data. The rest is never read: no
 * column of it is asked for.
 */
final class OwnedTables {
  static final Schema ACCOUNTS =
      new Schema(
          NestedField.required(1, "user_id", Types.UUIDType.get()),
          NestedField.required(2, "state", Types.StringType.get(), "active, deleting or deleted"),
          NestedField.optional(3, "country", Types.StringType.get()),
          NestedField.optional(4, "created_at", Types.TimestampType.withZone()),
          NestedField.required(
              5, "plan", Types.StringType.get(), "From plan_from to plan_until; else free"),
          NestedField.optional(6, "plan_from", Types.TimestampType.withZone()),
          NestedField.optional(7, "plan_until", Types.TimestampType.withZone(), "Excluded"),
          NestedField.required(
              8,
              "devices",
              Types.ListType.ofRequired(
                  9,
                  Types.StructType.of(
                      NestedField.required(10, "type", Types.StringType.get()),
                      NestedField.required(11, "count", Types.IntegerType.get())))));

  static final Schema LIBRARY =
      new Schema(
          NestedField.required(1, "user_id", Types.UUIDType.get()),
          NestedField.required(2, "list", Types.StringType.get()),
          NestedField.required(3, "item_id", Types.UUIDType.get()),
          NestedField.required(4, "added_at", Types.TimestampType.withZone()));

  private static final String OF_ACCOUNTS =
      "SELECT user_id, section, state, country, created_at, plan, plan_from, plan_until, type"
          + " FROM accounts";
  private static final String OF_LIBRARY =
      "SELECT user_id, section, item_id, added_at FROM library";

  private static final Set<String> LISTS =
      Arrays.stream(LibraryList.values())
          .filter(list -> list != LibraryList.UNKNOWN)
          .map(list -> list.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.toUnmodifiableSet());

  private final TableScan scan;

  OwnedTables(SparkSession spark, CassandraCluster cluster) {
    this.scan = new TableScan(spark, cluster);
  }

  /** As {@link #ACCOUNTS}: those that are, and of those that were their ids. */
  Dataset<Row> accounts() {
    StructType device =
        new StructType()
            .add("type", DataTypes.StringType, false)
            .add("count", DataTypes.IntegerType, false);
    StructType schema =
        new StructType()
            .add("user_id", DataTypes.StringType, false)
            .add("state", DataTypes.StringType, false)
            .add("country", DataTypes.StringType)
            .add("created_at", DataTypes.TimestampType)
            .add("plan", DataTypes.StringType, false)
            .add("plan_from", DataTypes.TimestampType)
            .add("plan_until", DataTypes.TimestampType)
            .add("devices", DataTypes.createArrayType(device, false), false);
    return scan.read(OF_ACCOUNTS, "user_id", schema, AccountRows::new);
  }

  /** As {@link #LIBRARY}. */
  Dataset<Row> library() {
    StructType schema =
        new StructType()
            .add("user_id", DataTypes.StringType, false)
            .add("list", DataTypes.StringType, false)
            .add("item_id", DataTypes.StringType, false)
            .add("added_at", DataTypes.TimestampType, false);
    return scan.read(OF_LIBRARY, "user_id", schema, OwnedTables::ofLists);
  }

  private static Iterator<Row> ofLists(Iterator<com.datastax.oss.driver.api.core.cql.Row> rows) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
        .filter(row -> LISTS.contains(row.getString("section")))
        .map(
            row ->
                RowFactory.create(
                    Objects.requireNonNull(row.getUuid("user_id")).toString(),
                    row.getString("section"),
                    Objects.requireNonNull(row.getUuid("item_id")).toString(),
                    row.getInstant("added_at")))
        .iterator();
  }
}
