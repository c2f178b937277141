package io.downbeat.stream.lakehouse;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.LoggedPlay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.DistributionMode;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.TableLoader;
import org.apache.iceberg.flink.sink.IcebergSink;
import org.apache.iceberg.flink.source.IcebergSource;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * A table of plays in the lake. Commits go with the checkpoints.
 *
 * <p>{@code lake.plays}: each play once, by the day (UTC) in which it began. {@code lake.backfill}:
 * the same of plays whose day was no longer open, until the batch has merged them into the other;
 * it has no partitions, so that an import of ten years writes a file a checkpoint and task, not one
 * a day.
 */
public final class PlaysTable {

  static final Schema SCHEMA =
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

  // An open file holds a buffer of one page, and a backlog keeps one file open for each of its
  // days.
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "format-version", "2",
          "write.parquet.compression-codec", "zstd",
          "write.parquet.page-size-bytes", "65536",
          "write.metadata.delete-after-commit.enabled", "true",
          "write.metadata.previous-versions-max", "20",
          "commit.retry.num-retries", "10",
          // Whoever waits for the stream's next commit waits two checkpoints, not ten.
          "flink.max-continuous-empty-commits", "2");

  private final CatalogLoader loader;
  private final TableIdentifier name;
  private final PartitionSpec partitions;

  private PlaysTable(String catalogUrl, TableIdentifier name, PartitionSpec partitions) {
    this.loader = CatalogLoader.rest("lake", new Configuration(), Map.of("uri", catalogUrl));
    this.name = name;
    this.partitions = partitions;
  }

  /**
   * @param catalogUrl of a catalog that speaks Iceberg's REST protocol
   */
  public static PlaysTable plays(String catalogUrl, String namespace) {
    return new PlaysTable(
        catalogUrl,
        TableIdentifier.of(namespace, "plays"),
        PartitionSpec.builderFor(SCHEMA).day("started_at").build());
  }

  /**
   * @param catalogUrl of a catalog that speaks Iceberg's REST protocol
   */
  public static PlaysTable backfill(String catalogUrl, String namespace) {
    return new PlaysTable(
        catalogUrl, TableIdentifier.of(namespace, "backfill"), PartitionSpec.unpartitioned());
  }

  /** Creates namespace, table and columns where they are missing. */
  public void create() throws IOException {
    try (RESTCatalog catalog = (RESTCatalog) loader.loadCatalog()) {
      if (!catalog.namespaceExists(name.namespace())) {
        catalog.createNamespace(name.namespace());
      }
      if (!catalog.tableExists(name)) {
        catalog.createTable(name, SCHEMA, partitions, PROPERTIES);
      }
      Table table = catalog.loadTable(name);
      List<NestedField> missing =
          SCHEMA.columns().stream()
              .filter(column -> table.schema().findField(column.name()) == null)
              .toList();
      if (!missing.isEmpty()) {
        UpdateSchema newer = table.updateSchema();
        missing.forEach(column -> newer.addColumn(column.name(), column.type()));
        newer.commit();
      }
    }
  }

  /** Appends plays; they are in the table once the checkpoint that covers them is complete. */
  public void append(DataStream<HeardPlay> plays) {
    // Iceberg's own distribution would print each play's day to compare it.
    DataStream<HeardPlay> together =
        partitions.isPartitioned()
            ? plays.keyBy(play -> Granularity.DAY.bucketOf(play.startedAt()))
            : plays;
    DataStream<RowData> rows =
        together
            .map(PlaysTable::row)
            .returns(InternalTypeInfo.of(FlinkSchemaUtil.convert(SCHEMA)))
            .name("row of " + name.name())
            .uid("row of " + name.name());
    IcebergSink.forRowData(rows)
        .tableLoader(TableLoader.fromCatalog(loader, name))
        .distributionMode(DistributionMode.NONE)
        .uidSuffix("lake " + name.name())
        .append();
  }

  /** What the table holds now, for good; empty if there is no such table, or nothing in it. */
  public Optional<Snapshot> snapshot() {
    try (RESTCatalog catalog = (RESTCatalog) loader.loadCatalog()) {
      return catalog.namespaceExists(name.namespace()) && catalog.tableExists(name)
          ? Optional.ofNullable(catalog.loadTable(name).currentSnapshot())
              .map(snapshot -> new Snapshot(snapshot.snapshotId()))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close the lake's catalog", e);
    }
  }

  /** The table at one moment. */
  public final class Snapshot {
    private final long id;

    private Snapshot(long id) {
      this.id = id;
    }

    /** The highest log_offset of each log_partition; of older rows neither is known. */
    public Map<Integer, Long> lastOffsets() throws IOException {
      Map<Integer, Long> last = new HashMap<>();
      try (RESTCatalog catalog = (RESTCatalog) loader.loadCatalog();
          CloseableIterable<Record> rows =
              IcebergGenerics.read(catalog.loadTable(name))
                  .useSnapshot(id)
                  .project(SCHEMA.select("log_partition", "log_offset"))
                  .build()) {
        for (Record row : rows) {
          Integer partition = (Integer) row.getField("log_partition");
          if (partition != null) {
            last.merge(partition, (Long) row.getField("log_offset"), Math::max);
          }
        }
      }
      return last;
    }

    /**
     * Its plays, in no order; the source ends after the last.
     *
     * @param prefix of the source's name and uid, before the table's name
     * @param loggedAt taken for each play's: milliseconds since 1970 (UTC)
     */
    public DataStream<LoggedPlay> plays(
        StreamExecutionEnvironment env, String prefix, long loggedAt) {
      IcebergSource<RowData> source =
          IcebergSource.forRowData()
              .tableLoader(TableLoader.fromCatalog(loader, name))
              .useSnapshotId(id)
              .project(SCHEMA)
              .streaming(false)
              .build();
      String label = prefix + name.name();
      return env.fromSource(
              source,
              WatermarkStrategy.noWatermarks(),
              label,
              InternalTypeInfo.of(FlinkSchemaUtil.convert(SCHEMA)))
          .uid(label)
          .map(row -> new LoggedPlay(play(row, loggedAt), null))
          .returns(LoggedPlay.TYPE)
          .name("play of " + name.name())
          .uid("play of " + name.name());
    }
  }

  private static HeardPlay play(RowData row, long loggedAt) {
    return new HeardPlay(
        Id.of(row.getBinary(0)),
        Id.of(row.getBinary(1)),
        row.isNullAt(2) ? null : Id.of(row.getBinary(2)),
        row.isNullAt(3) ? null : row.getLong(3),
        Id.of(row.getBinary(4)),
        row.getTimestamp(5, 6).getMillisecond(),
        row.getLong(6),
        text(row, 7),
        text(row, 8),
        text(row, 9),
        row.getBoolean(10),
        EndReason.valueOf(row.getString(11).toString().toUpperCase(Locale.ROOT)),
        text(row, 12),
        row.getTimestamp(13, 6).getMillisecond(),
        loggedAt,
        row.isNullAt(14) ? 0 : row.getInt(14),
        row.isNullAt(15) ? 0 : row.getLong(15));
  }

  private static @Nullable String text(RowData row, int column) {
    return row.isNullAt(column) ? null : row.getString(column).toString();
  }

  private static RowData row(HeardPlay play) {
    return GenericRowData.of(
        play.playId().toBytes(),
        play.userId().toBytes(),
        bytes(play.deviceId()),
        play.deviceSeq(),
        play.trackId().toBytes(),
        TimestampData.fromEpochMillis(play.startedAt()),
        play.playedMillis(),
        StringData.fromString(play.contextType()),
        StringData.fromString(play.contextId()),
        StringData.fromString(play.country()),
        play.offline(),
        StringData.fromString(play.endReason().name().toLowerCase(Locale.ROOT)),
        StringData.fromString(play.client()),
        TimestampData.fromEpochMillis(play.receivedAt()),
        play.logPartition(),
        play.logOffset());
  }

  private static byte @Nullable [] bytes(@Nullable Id id) {
    return id == null ? null : id.toBytes();
  }
}
