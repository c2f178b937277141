package io.downbeat.serving.search;

import static io.downbeat.serving.catalog.Examples.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.serving.Eventually;
import io.downbeat.serving.catalog.CatalogWriter;
import io.downbeat.serving.catalog.KafkaCatalogStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An index that lay still while the log went on. */
final class IndexFollowerIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Fresh fresh = SERVERS.fresh().createTopics();
  private final CatalogWriter catalog =
      new CatalogWriter(fresh.bootstrapServers(), fresh.registryUrl(), fresh.topicPrefix());
  private final Instant began = Instant.now();

  @TempDir Path home;

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void itGoesOnWhereItWasAsLongAsTheLogTellsOfAllThatWasWithdrawn() throws Exception {
    UUID one = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    catalog.put(track(one, "Lantern", null));
    catalog.put(track(other, "Lantern", null));
    follow(began, "lantern", Set.of(one, other));
    assertThat(numberOfIndex()).isEqualTo(1);

    catalog.putBytes(Topics.TRACKS, Uuids.toBytes(other), null);
    follow(began.plus(Topics.TOMBSTONES_KEPT.dividedBy(3)), "lantern", Set.of(one));
    assertThat(numberOfIndex()).isEqualTo(1);
  }

  @Test
  void anIndexThatIsTooOldToBeToldIsBuiltAnew() throws Exception {
    UUID track = UUID.randomUUID();
    catalog.put(track(track, "Lantern", null));
    follow(began, "lantern", Set.of(track));

    follow(
        began.plus(Topics.TOMBSTONES_KEPT.dividedBy(2)).plusSeconds(60), "lantern", Set.of(track));
    assertThat(numberOfIndex()).isEqualTo(2);
  }

  @Test
  void anIndexFromBeforeAllThatTheLogStillHasIsBuiltAnew() throws Exception {
    UUID gone = UUID.randomUUID();
    UUID stays = UUID.randomUUID();
    catalog.put(track(gone, "Lantern", null));
    catalog.put(track(stays, "Lantern", null));
    follow(began, "lantern", Set.of(gone, stays));

    catalog.putBytes(Topics.TRACKS, Uuids.toBytes(gone), null);
    forget(Topics.TRACKS.withPrefix(fresh.topicPrefix()).name());
    catalog.put(track(stays, "Lantern", null));
    follow(began, "lantern", Set.of(stays));
    assertThat(numberOfIndex()).isEqualTo(2);
  }

  /** Runs copy and index until just these are found by that name. */
  private void follow(Instant now, String name, Set<UUID> expected) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (KafkaCatalogStore copy =
            KafkaCatalogStore.follow(
                new KafkaCatalogStore.Settings(
                    fresh.bootstrapServers(),
                    fresh.topicPrefix(),
                    fresh.registryUrl(),
                    home.resolve("catalog"),
                    Duration.ofMillis(200)),
                meters);
        IndexFollower index =
            IndexFollower.follow(
                new IndexFollower.Settings(
                    fresh.bootstrapServers(),
                    fresh.topicPrefix(),
                    home.resolve("search"),
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    Duration.ofMillis(200),
                    1),
                copy,
                Clock.fixed(now, ZoneOffset.UTC),
                meters)) {
      Eventually.within(
          LIMIT,
          () -> index.obstacle().isEmpty() && found(index, name).equals(expected),
          () -> index.obstacle() + ", expected " + expected);
    }
  }

  private Set<UUID> found(IndexFollower index, String name) throws Exception {
    Search.Query asked = new Search.Query(Words.of(name), EnumSet.allOf(Kind.class), null, 0, 20);
    return index.read(searcher -> Search.find(searcher, asked, began)).hits().stream()
        .map(hit -> hit.card().id())
        .collect(Collectors.toSet());
  }

  private long numberOfIndex() throws Exception {
    try (Stream<Path> dirs = Files.list(home.resolve("search"))) {
      List<String> names = dirs.map(dir -> dir.getFileName().toString()).toList();
      assertThat(names).singleElement().asString().startsWith("index-");
      return Long.parseLong(names.get(0).substring("index-".length()));
    }
  }

  /** Takes from the log all that is in it. */
  private void forget(String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", fresh.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("cleanup.policy", "compact,delete"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
      Map<TopicPartition, OffsetSpec> ends =
          admin
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get()
              .get(topic)
              .partitions()
              .stream()
              .collect(
                  Collectors.toMap(
                      each -> new TopicPartition(topic, each.partition()),
                      each -> OffsetSpec.latest()));
      Map<TopicPartition, RecordsToDelete> all =
          admin.listOffsets(ends).all().get().entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      end -> RecordsToDelete.beforeOffset(end.getValue().offset())));
      admin.deleteRecords(all).all().get();
    }
  }
}
