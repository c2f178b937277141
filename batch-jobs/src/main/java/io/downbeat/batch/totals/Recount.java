package io.downbeat.batch.totals;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.timestamp_millis;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.udaf;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.unix_millis;

import io.downbeat.batch.catalog.CatalogTrack;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The exact totals and charts of some plays, as the stream would have them if it counted each once
 * and knew the catalogue as given. A bucket's totals are whole if the plays hold all of its time.
 *
 * <p>Lazy: each call is a computation of its own when its result is used.
 */
public final class Recount {

  /** Columns of {@link #buckets}: a thing, a stretch of time, and its measures. */
  public static final List<String> KEY = List.of("kind", "id", "granularity", "start");

  /** One column each: those of {@link Counters}, and {@link UniqueListeners}. */
  public static final List<String> MEASURES =
      Stream.concat(
              Arrays.stream(Counters.values()).map(Counters::key), Stream.of(UniqueListeners.KEY))
          .toList();

  private static final UserDefinedFunction COUNTERS =
      udf(
          (UDF2<Long, String, long[]>)
              (playedMillis, endReason) ->
                  Counters.of(playedMillis, EndReason.valueOf(endReason.toUpperCase(Locale.ROOT))),
          DataTypes.createArrayType(DataTypes.LongType, false));
  private static final UserDefinedFunction LISTENER =
      udf(
          (UDF1<String, Long>) user -> UniqueListeners.hash(UUID.fromString(user)),
          DataTypes.LongType);
  private static final UserDefinedFunction LISTENERS = udaf(new Listeners(), Encoders.LONG());
  private static final StructType THING =
      new StructType()
          .add("kind", DataTypes.StringType, false)
          .add("id", DataTypes.StringType, false);
  private static final StructType CATALOGUE =
      new StructType()
          .add("track_id", DataTypes.StringType, false)
          .add("things", DataTypes.createArrayType(THING, false), false)
          .add("genres", DataTypes.createArrayType(DataTypes.StringType, false), false);
  private static final String STREAMS = Counters.STREAMS.key();
  private static final Column EVERYTHING = lit(CountedKind.EVERYTHING_ID.toString());

  private final Dataset<Row> plays;
  private final Dataset<Row> catalogue;

  private Recount(Dataset<Row> plays, Dataset<Row> catalogue) {
    this.plays = plays;
    this.catalogue = catalogue;
  }

  /**
   * @param plays each once: {@code user_id}, {@code track_id} (UUIDs as text), {@code started_at},
   *     {@code played_millis}, {@code end_reason} (in lower case)
   */
  public static Recount of(Dataset<Row> plays, Collection<CatalogTrack> catalogue) {
    Dataset<Row> measured =
        plays.select(
            col("track_id"),
            unix_millis(col("started_at")).as("at"),
            LISTENER.apply(col("user_id")).as("listener"),
            COUNTERS.apply(col("played_millis"), col("end_reason")).as("counters"));
    for (Counters counter : Counters.values()) {
      measured = measured.withColumn(counter.key(), col("counters").getItem(counter.ordinal()));
    }
    List<Row> tracks = catalogue.stream().map(Recount::row).toList();
    return new Recount(
        measured.drop("counters"), plays.sparkSession().createDataFrame(tracks, CATALOGUE));
  }

  private static Row row(CatalogTrack track) {
    Stream<Row> artists = track.artists().stream().map(id -> thing(CountedKind.ARTIST, id));
    Stream<Row> album = Stream.ofNullable(track.album()).map(id -> thing(CountedKind.ALBUM, id));
    Stream<Row> genres = track.genres().stream().map(id -> thing(CountedKind.GENRE, id));
    return RowFactory.create(
        track.trackId().toString(),
        Stream.of(artists, album, genres).flatMap(things -> things).toArray(Row[]::new),
        track.genres().stream().map(UUID::toString).toArray(String[]::new));
  }

  private static Row thing(CountedKind kind, UUID id) {
    return RowFactory.create(kind.key(), id.toString());
  }

  /** Of every hour and day. */
  public Dataset<Row> buckets() {
    return buckets(Granularity.HOUR).union(buckets(Granularity.DAY));
  }

  /**
   * {@link #KEY} and {@link #MEASURES}, as in the table of counts: {@code start} is a timestamp;
   * days and all time have listeners, and all time has nothing else.
   */
  public Dataset<Row> buckets(Granularity granularity) {
    boolean hasListeners = granularity == Granularity.DAY || granularity == Granularity.ALL;
    Dataset<Row> ofTracks =
        hasListeners
            ? sums(plays, granularity, "track_id", "start", "listener")
            : sums(plays, granularity, "track_id", "start");
    Column always =
        array(
            struct(lit(CountedKind.TRACK.key()).as("kind"), ofTracks.col("track_id").as("id")),
            struct(lit(CountedKind.EVERYTHING.key()).as("kind"), EVERYTHING.as("id")));
    List<Column> measures = new ArrayList<>();
    for (Counters counter : Counters.values()) {
      Column total = granularity == Granularity.ALL ? lit(0L) : sum(counter.key());
      measures.add(total.as(counter.key()));
    }
    measures.add(
        (hasListeners ? LISTENERS.apply(col("listener")) : lit(0L)).as(UniqueListeners.KEY));
    return withCatalogue(ofTracks)
        .withColumn("thing", explode(concat(always, orNone("things"))))
        .groupBy(
            col("thing.kind").as("kind"),
            col("thing.id").as("id"),
            lit(granularity.key()).as("granularity"),
            timestamp_millis(col("start")).as("start"))
        .agg(measures.get(0), measures.subList(1, measures.size()).toArray(Column[]::new));
  }

  /** Of every hour, day and week. */
  public Dataset<Row> charts() {
    return charts(Granularity.HOUR).union(charts(Granularity.DAY)).union(charts(Granularity.WEEK));
  }

  /**
   * {@code scope} (a genre's id, or that of everything), {@code window}, {@code start} (a
   * timestamp) and {@code top}: at most {@link ChartEntry#MOST} pairs of {@code track} and {@code
   * streams}, in the order of {@link ChartEntry}.
   */
  public Dataset<Row> charts(Granularity window) {
    Dataset<Row> streams = sums(plays, window, "track_id", "start").where(col(STREAMS).gt(0));
    // As text in lower case, ids have the order of their bytes.
    WindowSpec best = Window.partitionBy("scope", "start").orderBy(desc(STREAMS), desc("track"));
    Column entry = struct(col("place"), col("track"), col(STREAMS).as("streams"));
    return withCatalogue(streams)
        .select(
            explode(concat(array(EVERYTHING), orNone("genres"))).as("scope"),
            col("start"),
            streams.col("track_id").as("track"),
            col(STREAMS))
        .withColumn("place", row_number().over(best))
        .where(col("place").leq(ChartEntry.MOST))
        .groupBy("scope", "start")
        .agg(sort_array(collect_list(entry)).as("entries"))
        .select(
            col("scope"),
            lit(window.key()).as("window"),
            timestamp_millis(col("start")).as("start"),
            transform(
                    col("entries"),
                    each -> struct(each.getField("track"), each.getField("streams")))
                .as("top"));
  }

  private Dataset<Row> withCatalogue(Dataset<Row> ofTracks) {
    return ofTracks.join(
        catalogue, ofTracks.col("track_id").equalTo(catalogue.col("track_id")), "left");
  }

  /** A column of the catalogue, empty where it doesn't know the track. */
  private static Column orNone(String column) {
    return coalesce(col(column), array().cast(CATALOGUE.apply(column).dataType()));
  }

  private static Dataset<Row> sums(Dataset<Row> plays, Granularity granularity, String... by) {
    UserDefinedFunction bucketOf =
        udf((UDF1<Long, Long>) granularity::bucketOf, DataTypes.LongType);
    Column[] sums =
        Arrays.stream(Counters.values())
            .map(counter -> sum(counter.key()).as(counter.key()))
            .toArray(Column[]::new);
    return plays
        .withColumn("start", bucketOf.apply(col("at")))
        .groupBy(Arrays.stream(by).map(functions::col).toArray(Column[]::new))
        .agg(sums[0], Arrays.copyOfRange(sums, 1, sums.length));
  }
}
