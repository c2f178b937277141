package io.downbeat.batch.lake;

import io.downbeat.schemas.rules.CountedPlay;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The lake's tables through Spark, in a session of its own. */
public final class Lake implements AutoCloseable {

  /**
   * @param catalogUrl of a catalog that speaks Iceberg's REST protocol
   */
  public record Settings(String catalogUrl, String namespace) {}

  /** The catalog's name within Spark. */
  static final String NAME = "downbeat";

  private static final String CATALOG = "spark.sql.catalog." + NAME;
  private static final UserDefinedFunction IS_STREAM =
      functions.udf((UDF1<Long, Boolean>) CountedPlay::isStream, DataTypes.BooleanType);
  private static final StructType MODEL =
      new StructType()
          .add("model", DataTypes.StringType)
          .add("version", DataTypes.LongType)
          .add("trained_at", DataTypes.TimestampType)
          .add("as_of", DataTypes.TimestampType)
          .add("plays_snapshot_id", DataTypes.LongType)
          .add("parameters", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType))
          .add("metrics", DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType));

  private final SparkSession spark;
  private final String namespace;

  private Lake(SparkSession spark, String namespace) {
    this.spark = spark;
    this.namespace = namespace;
  }

  public static Lake open(Settings settings) {
    SparkConf conf =
        LocalSpark.conf("batch-jobs")
            .set(CATALOG, "org.apache.iceberg.spark.SparkCatalog")
            .set(CATALOG + ".type", "rest")
            .set(CATALOG + ".uri", settings.catalogUrl())
            .set(CATALOG + ".cache-enabled", "false");
    return new Lake(SparkSession.builder().config(conf).getOrCreate(), settings.namespace());
  }

  public SparkSession spark() {
    return spark;
  }

  public BackfillTable backfill() {
    return new BackfillTable(this);
  }

  /** Made where it is missing. */
  public RecountsTable recounts() {
    return new RecountsTable(this);
  }

  /**
   * @param columns of the table, made where it is missing
   */
  public ReplacedTable replaced(String name, Schema columns) {
    return new ReplacedTable(this, name, columns);
  }

  String namespace() {
    return namespace;
  }

  /** A table's name in SQL. */
  String table(String name) {
    return "downbeat.`%s`.%s".formatted(namespace, name);
  }

  boolean has(String name) {
    return spark.catalog().tableExists(table(name));
  }

  /**
   * A table as Iceberg has it.
   *
   * @throws IllegalStateException if there is none: the stream makes its tables when it starts
   */
  public Table iceberg(String name) {
    try {
      return Spark3Util.loadIcebergTable(spark, table(name));
    } catch (NoSuchTableException | ParseException e) {
      throw new IllegalStateException(
          "Cannot read %s.%s: %s".formatted(namespace, name, e.getMessage()), e);
    }
  }

  /** The days (UTC) in which something was played. */
  public Set<LocalDate> daysOfPlays(long snapshot, Instant from, Instant before) {
    Column startedAt = functions.col("started_at");
    Set<LocalDate> days = new TreeSet<>();
    spark
        .read()
        .option("versionAsOf", snapshot)
        .table(table("plays"))
        .where(startedAt.geq(functions.lit(from)).and(startedAt.lt(functions.lit(before))))
        .select(functions.to_date(startedAt))
        .distinct()
        .collectAsList()
        .forEach(row -> days.add(row.getLocalDate(0)));
    return days;
  }

  /** The snapshot of {@code plays} that is current now. */
  public long playsSnapshot() {
    List<Row> newest =
        spark
            .sql(
                "SELECT snapshot_id FROM downbeat.`%s`.plays.refs WHERE name = 'main'"
                    .formatted(namespace))
            .collectAsList();
    if (newest.isEmpty()) {
      throw new IllegalStateException(
          "Cannot read " + namespace + ".plays: nothing has been committed to it yet");
    }
    return newest.get(0).getLong(0);
  }

  /**
   * Each play once: {@code user_id} and {@code track_id} (UUIDs as text), {@code started_at}, and
   * whether it is a stream to learn from: counted, and not skipped.
   */
  public Dataset<Row> plays(long snapshot, Instant before) {
    Column stream =
        IS_STREAM
            .apply(functions.col("played_millis"))
            .and(functions.col("end_reason").notEqual("skipped"));
    return plays(snapshot)
        .where(functions.col("started_at").lt(functions.lit(before)))
        .select(
            functions.col("user_id"),
            functions.col("track_id"),
            functions.col("started_at"),
            stream.as("stream"));
  }

  /** All columns of {@code plays}, which holds each play once; UUIDs are text. */
  public Dataset<Row> plays(long snapshot) {
    return spark
        .read()
        .option("versionAsOf", snapshot)
        .table("downbeat.`%s`.plays".formatted(namespace));
  }

  /** Adds a row to {@code models}, the table of all trainings; makes it where it is missing. */
  public void append(TrainedModel model) {
    String table = "downbeat.`%s`.models".formatted(namespace);
    spark.sql("CREATE TABLE IF NOT EXISTS %s (%s) USING iceberg".formatted(table, MODEL.toDDL()));
    Row row =
        RowFactory.create(
            model.model(),
            model.version(),
            model.trainedAt(),
            model.asOf(),
            model.playsSnapshot(),
            model.parameters(),
            model.metrics());
    try {
      spark.createDataFrame(List.of(row), MODEL).coalesce(1).writeTo(table).append();
    } catch (NoSuchTableException e) {
      throw new IllegalStateException("Cannot append to " + table, e);
    }
  }

  @Override
  public void close() {
    spark.stop();
  }
}
