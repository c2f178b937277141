package io.downbeat.ingest.library;

import static io.downbeat.ingest.library.OwnLibrary.get;
import static io.downbeat.schemas.avro.LibraryList.LIKED_TRACKS;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.Kafka;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.schemas.avro.LibraryChange;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker dies by kill -9: changes are made all the same, and heard of once it is back. */
final class LogAwayIT {

  @RegisterExtension
  static final Servers SERVERS =
      Servers.own(Path.of("target", "log-away-it", UUID.randomUUID().toString()));

  /** A minute of it takes six seconds. */
  private static final Clock FAST =
      new Clock() {
        private final Instant start = Instant.now();
        private final long startNanos = System.nanoTime();

        @Override
        public Instant instant() {
          return start.plusNanos(10 * (System.nanoTime() - startNanos));
        }

        @Override
        public ZoneId getZone() {
          return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  @Test
  void changesAreAnsweredAndTheirEventsArriveOnceTheBrokerIsBack() throws Exception {
    Kafka kafka = SERVERS.kafka();
    Fresh fresh = SERVERS.fresh().createTopics().createTables();
    ChildJvm broker = SERVERS.process(kafka);
    UUID user = UUID.randomUUID();
    try (OwnLibrary library = new OwnLibrary(fresh, fresh.cassandra(), FAST).sweeping()) {
      Set<UUID> tracks = new HashSet<>();
      broker.kill();
      for (int i = 0; i < 20; i++) {
        UUID track = UUID.randomUUID();
        long started = System.nanoTime();
        get(library.store.add(user, LIKED_TRACKS, track));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
        tracks.add(track);
      }
      UUID gone = tracks.iterator().next();
      get(library.store.remove(user, LIKED_TRACKS, gone));
      assertThat(library.section(user, "outbox")).hasSize(21);

      broker.start();
      broker.awaitReady();

      library.awaitPublished(user);
      assertThat(
              library.published(user).stream()
                  .map(LibraryChange::getItemId)
                  .collect(Collectors.toSet()))
          .isEqualTo(tracks);
      assertThat(
              library.published(user).stream()
                  .filter(event -> event.getItemId().equals(gone))
                  .reduce((before, after) -> after)
                  .orElseThrow()
                  .getAddedAt())
          .isNull();
    }
  }
}
