package io.downbeat.batch.totals;

import io.downbeat.batch.lake.Lake;
import io.downbeat.local.servers.junit.Fresh;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The tables {@code plays} and {@code backfill}, as the stream makes and fills them. */
public final class LakePlays {
  private static final Schema SCHEMA =
      new Schema(
          NestedField.required(1, "play_id", Types.UUIDType.get()),
          NestedField.required(2, "user_id", Types.UUIDType.get()),
          NestedField.optional(3, "device_id", Types.UUIDType.get()),
          NestedField.optional(4, "device_seq", Types.LongType.get()),
          NestedField.required(5, "track_id", Types.UUIDType.get()),
          NestedField.required(6, "started_at", Types.TimestampType.withZone()),
          NestedField.required(7, "played_millis", Types.LongType.get()),
          NestedField.optional(8, "context_type", Types.StringType.get()),
          NestedField.optional(9, "context_id", Types.StringType.get()),
          NestedField.optional(10, "country", Types.StringType.get()),
          NestedField.required(11, "offline", Types.BooleanType.get()),
          NestedField.required(12, "end_reason", Types.StringType.get()),
          NestedField.optional(13, "client", Types.StringType.get()),
          NestedField.required(14, "received_at", Types.TimestampType.withZone()),
          NestedField.optional(15, "log_partition", Types.IntegerType.get()),
          NestedField.optional(16, "log_offset", Types.LongType.get()));

  /** A play as it lies in the log; of copies the lowest offset counts. */
  public record Play(
      UUID id,
      UUID user,
      UUID track,
      Instant at,
      long millis,
      String end,
      int partition,
      long offset) {}

  private LakePlays() {}

  public static RESTCatalog catalog(Fresh fresh) {
    RESTCatalog catalog = new RESTCatalog();
    catalog.initialize("lake", Map.of("uri", fresh.lakeCatalogUri().toString()));
    return catalog;
  }

  public static void create(Fresh fresh) throws Exception {
    try (RESTCatalog catalog = catalog(fresh)) {
      catalog.createNamespace(Namespace.of(fresh.lakeNamespace()));
      catalog.createTable(
          TableIdentifier.of(fresh.lakeNamespace(), "plays"),
          SCHEMA,
          PartitionSpec.builderFor(SCHEMA).day("started_at").build());
      catalog.createTable(TableIdentifier.of(fresh.lakeNamespace(), "backfill"), SCHEMA);
    }
  }

  public static void append(Fresh fresh, Lake lake, String table, List<Play> plays)
      throws Exception {
    lake.spark()
        .createDataFrame(
            plays.stream()
                .map(
                    play ->
                        RowFactory.create(
                            play.id().toString(),
                            play.user().toString(),
                            null,
                            null,
                            play.track().toString(),
                            play.at(),
                            play.millis(),
                            null,
                            null,
                            null,
                            false,
                            play.end(),
                            null,
                            play.at(),
                            play.partition(),
                            play.offset()))
                .toList(),
            new StructType()
                .add("play_id", DataTypes.StringType, false)
                .add("user_id", DataTypes.StringType, false)
                .add("device_id", DataTypes.StringType)
                .add("device_seq", DataTypes.LongType)
                .add("track_id", DataTypes.StringType, false)
                .add("started_at", DataTypes.TimestampType, false)
                .add("played_millis", DataTypes.LongType, false)
                .add("context_type", DataTypes.StringType)
                .add("context_id", DataTypes.StringType)
                .add("country", DataTypes.StringType)
                .add("offline", DataTypes.BooleanType, false)
                .add("end_reason", DataTypes.StringType, false)
                .add("client", DataTypes.StringType)
                .add("received_at", DataTypes.TimestampType, false)
                .add("log_partition", DataTypes.IntegerType)
                .add("log_offset", DataTypes.LongType))
        .writeTo("downbeat.`%s`.%s".formatted(fresh.lakeNamespace(), table))
        .append();
  }
}
