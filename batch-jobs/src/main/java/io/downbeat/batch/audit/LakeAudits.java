package io.downbeat.batch.audit;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code audits}: every audit there was. */
final class LakeAudits {
  private static final DataType NUMBERS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType);
  private static final DataType EXAMPLES =
      DataTypes.createArrayType(
          DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType));
  private static final StructType SCHEMA =
      new StructType()
          .add("name", DataTypes.StringType)
          .add("audited_at", DataTypes.TimestampType)
          .add("duration_millis", DataTypes.LongType)
          .add("days", DataTypes.IntegerType)
          .add("snapshot_before", DataTypes.LongType)
          .add("snapshot_after", DataTypes.LongType)
          .add("counts", NUMBERS)
          .add("drift", NUMBERS)
          .add("charts", NUMBERS)
          .add("examples", EXAMPLES);

  private final SparkSession spark;
  private final String namespace;

  LakeAudits(SparkSession spark, String namespace) {
    this.spark = spark;
    this.namespace = namespace;
  }

  /** Makes the table where it is missing. */
  void append(Audit audit) {
    String table = "downbeat.`%s`.audits".formatted(namespace);
    spark.sql("CREATE TABLE IF NOT EXISTS %s (%s) USING iceberg".formatted(table, SCHEMA.toDDL()));
    Row row =
        RowFactory.create(
            "counts",
            audit.auditedAt(),
            audit.durationMillis(),
            audit.days().isPresent() ? audit.days().getAsInt() : null,
            audit.snapshotBefore(),
            audit.snapshotAfter(),
            audit.counts().toMap(),
            audit.drift(),
            audit.charts().toMap(),
            audit.examples());
    try {
      spark.createDataFrame(List.of(row), SCHEMA).coalesce(1).writeTo(table).append();
    } catch (NoSuchTableException e) {
      throw new IllegalStateException("Cannot append to " + table, e);
    }
  }
}
