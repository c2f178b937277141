package io.downbeat.batch.recommendations;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.TimeArgument;
import io.downbeat.batch.catalog.CatalogTrack;
import io.downbeat.batch.catalog.KafkaCatalog;
import io.downbeat.batch.lake.Lake;
import io.downbeat.batch.lake.TrainedModel;
import io.downbeat.batch.publish.ModelVersions;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Plays of the lake → factors of listeners and tracks → lists in Cassandra, under a new version
 * that readers see when it is whole.
 */
@Command(
    name = "train-recommendations",
    mixinStandardHelpOptions = true,
    description = {
      "Learn from all plays what each listener may like, and serve it.",
      "Trains twice: without the last days, to measure how well it foretells them, then on everything. Killed at any moment, it leaves"
          + " what is served as it was."
    })
public final class TrainRecommendations implements Callable<Integer> {
  static final String MODEL = "recommendations";
  private static final Logger LOG = LoggerFactory.getLogger(TrainRecommendations.class);

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      converter = TimeArgument.class,
      description =
          "Leave out what was heard from then on: a date (its midnight in UTC) or an RFC 3339 time. Default: now.")
  private @Nullable Instant asOf;

  private final BatchConfig config;

  public TrainRecommendations(BatchConfig config) {
    this.config = config;
  }

  @Override
  public Integer call() {
    Instant now = Instant.now();
    train(asOf == null ? now : asOf, now);
    return 0;
  }

  private void train(Instant before, Instant now) {
    Training.Settings settings = config.recommendations();
    Instant recentFrom = before.minus(settings.notAgainFor());
    long version = now.toEpochMilli();
    try (CqlSession session = config.cassandra().connect();
        Lake lake = Lake.open(config.lake())) {
      ModelVersions versions = new ModelVersions(session, MODEL);
      long snapshot = lake.playsSnapshot();
      LOG.info("Learns from plays before {}, snapshot {} of the lake", before, snapshot);
      Training training = Training.of(lake.plays(snapshot, before), before, settings);
      lake.append(row(training, version, now, before, snapshot));

      Dataset<Row> genres = genres(lake.spark(), KafkaCatalog.tracks(config.catalog()).values());
      Dataset<Row> pairs = training.history().pairs();
      Popular popular = Popular.of(pairs, genres, settings.listLength());
      Factors items = training.model().items();
      UUID[] tracks =
          training.history().trackIds().stream().map(UUID::fromString).toArray(UUID[]::new);
      Dataset<Row> listeners = training.listeners(recentFrom).cache();
      Dataset<Row> unknown =
          pairs.join(
              listeners, pairs.col("user_id").equalTo(listeners.col("user_id")), "left_anti");

      LOG.info("Writes version {}", version);
      versions.begin(version);
      Publication publication = new Publication(config.cassandra(), version, settings.listLength());
      publication.popular(session, popular);
      LOG.info(
          "Wrote what {} listeners may like by their taste, {} by genres",
          publication.byTaste(listeners, items, tracks),
          publication.byGenres(unknown, genres, popular, recentFrom));
      LOG.info(
          "Wrote what is similar to {} tracks", publication.similar(lake.spark(), items, tracks));
      versions.flip(version, Instant.now());
      LOG.info("Version {} is live", version);
      versions.removeOthers(old -> Publication.remove(session, old));
    }
  }

  private TrainedModel row(
      Training training, long version, Instant now, Instant before, long snapshot) {
    Training.Settings settings = config.recommendations();
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("rank", Integer.toString(settings.als().rank()));
    parameters.put("iterations", Integer.toString(settings.als().iterations()));
    parameters.put("alpha", Double.toString(settings.als().alpha()));
    parameters.put("regularization", Double.toString(settings.als().regularization()));
    parameters.put("min_streams_of_listener", Integer.toString(settings.minStreamsOfListener()));
    parameters.put("min_streams_of_track", Integer.toString(settings.minStreamsOfTrack()));
    parameters.put("held_out", settings.heldOut().toString());
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("listeners", (double) training.history().listeners().count());
    metrics.put("tracks", (double) training.history().tracks().count());
    training
        .quality()
        .ifPresent(
            quality -> {
              metrics.put("recall_at_20", quality.model().recall());
              metrics.put("ndcg_at_20", quality.model().ndcg());
              metrics.put("popularity_recall_at_20", quality.popularity().recall());
              metrics.put("popularity_ndcg_at_20", quality.popularity().ndcg());
              metrics.put("measured_listeners", (double) quality.model().listeners());
            });
    return new TrainedModel(MODEL, version, now, before, snapshot, parameters, metrics);
  }

  private static Dataset<Row> genres(SparkSession spark, Collection<CatalogTrack> tracks) {
    List<Row> rows =
        tracks.stream()
            .flatMap(
                track ->
                    track.genres().stream()
                        .map(
                            genre ->
                                RowFactory.create(track.trackId().toString(), genre.toString())))
            .toList();
    return spark.createDataFrame(
        rows, new StructType().add("track_id", "string").add("genre", "string"));
  }
}
