package io.downbeat.batch.recommendations;

import io.downbeat.batch.lake.Lake;
import io.downbeat.local.servers.junit.Fresh;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Listeners of four tastes, who stream tracks of theirs and skip what is of another. Ids tell the
 * taste: listener (taste, n), track (10 + taste, n).
 */
final class PlantedPlays {
  static final int TASTES = 4;
  static final int LISTENERS = 50;
  static final int TRACKS = 60;
  static final Instant AS_OF = Instant.parse("2026-03-01T00:00:00Z");

  /** Heard one track of taste 2, once: too little for a model. */
  static final UUID LIGHT = new UUID(2, 1_000);

  record Heard(UUID user, UUID track, Instant at, long millis, String end) {}

  private final Random random = new Random(5);
  final List<Heard> all = new ArrayList<>();

  PlantedPlays() {
    for (int taste = 0; taste < TASTES; taste++) {
      for (int n = 0; n < LISTENERS; n++) {
        for (int play = 0; play < 40; play++) {
          UUID user = new UUID(taste, n);
          all.add(
              new Heard(user, track(taste, random.nextInt(TRACKS)), at(60), 180_000, "completed"));
          int other = (taste + 1 + random.nextInt(TASTES - 1)) % TASTES;
          boolean soon = random.nextBoolean();
          all.add(
              new Heard(
                  user,
                  track(other, random.nextInt(TRACKS)),
                  at(60),
                  soon ? 5_000 : 40_000,
                  soon ? "stopped" : "skipped"));
        }
      }
    }
    all.add(new Heard(LIGHT, track(2, 0), at(10), 180_000, "completed"));
    // After the date: not to be learned from.
    all.add(new Heard(new UUID(3, 2_000), track(3, 0), AS_OF, 180_000, "completed"));
  }

  static UUID track(int taste, int n) {
    return new UUID(10 + taste, n);
  }

  private Instant at(int days) {
    return AS_OF.minusMillis(1 + random.nextLong(Duration.ofDays(days).toMillis()));
  }

  /** As the stream job's table, with the columns that the batch job reads. */
  void write(Fresh fresh, Lake lake) throws Exception {
    Schema schema =
        new Schema(
            NestedField.required(1, "play_id", Types.UUIDType.get()),
            NestedField.required(2, "user_id", Types.UUIDType.get()),
            NestedField.required(5, "track_id", Types.UUIDType.get()),
            NestedField.required(6, "started_at", Types.TimestampType.withZone()),
            NestedField.required(7, "played_millis", Types.LongType.get()),
            NestedField.required(12, "end_reason", Types.StringType.get()));
    try (RESTCatalog catalog = new RESTCatalog()) {
      catalog.initialize("lake", Map.of("uri", fresh.lakeCatalogUri().toString()));
      catalog.createNamespace(Namespace.of(fresh.lakeNamespace()));
      catalog.createTable(
          TableIdentifier.of(fresh.lakeNamespace(), "plays"),
          schema,
          PartitionSpec.builderFor(schema).day("started_at").build());
    }
    List<Row> rows =
        all.stream()
            .map(
                play ->
                    RowFactory.create(
                        new UUID(random.nextLong(), random.nextLong()).toString(),
                        play.user().toString(),
                        play.track().toString(),
                        play.at(),
                        play.millis(),
                        play.end()))
            .toList();
    lake.spark()
        .createDataFrame(
            rows,
            new StructType()
                .add("play_id", DataTypes.StringType, false)
                .add("user_id", DataTypes.StringType, false)
                .add("track_id", DataTypes.StringType, false)
                .add("started_at", DataTypes.TimestampType, false)
                .add("played_millis", DataTypes.LongType, false)
                .add("end_reason", DataTypes.StringType, false))
        .writeTo("downbeat.`%s`.plays".formatted(fresh.lakeNamespace()))
        .append();
  }
}
