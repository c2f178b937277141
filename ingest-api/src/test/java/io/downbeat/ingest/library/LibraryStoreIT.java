package io.downbeat.ingest.library;

import static io.downbeat.ingest.library.OwnLibrary.get;
import static io.downbeat.schemas.avro.LibraryList.FOLLOWED_ARTISTS;
import static io.downbeat.schemas.avro.LibraryList.HIDDEN_TRACKS;
import static io.downbeat.schemas.avro.LibraryList.LIKED_TRACKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.downbeat.ingest.http.Problem;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Libraries on real servers, with processes that compete, die, or don't hear the answer. */
final class LibraryStoreIT {

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final UUID user = UUID.randomUUID();

  private static Fresh fresh;

  @BeforeAll
  static void create() {
    fresh = fresh();
  }

  private static Fresh fresh() {
    return SERVERS.fresh().createTopics(List.of(Topics.LIBRARY_CHANGES)).createTables();
  }

  @Test
  void aWriteWhoseAnswerIsLostIsMadeOnceAndAnswered() throws Exception {
    try (CutAnswer relay = new CutAnswer(fresh.cassandra());
        OwnLibrary library = new OwnLibrary(fresh, relay.address(), Clock.systemUTC())) {
      get(library.store.add(user, LIKED_TRACKS, UUID.randomUUID()));
      library.awaitPublished(user);
      UUID track = UUID.randomUUID();
      Instant before = Instant.now().minusMillis(1);

      relay.cut("/" + track, 1); // Only the key of its newest row has the slash: it is the write.
      Instant addedAt = get(library.store.add(user, LIKED_TRACKS, track));

      assertThat(relay.left()).isZero();
      assertThat(addedAt).isBetween(before, Instant.now());
      assertThat(library.version(user)).isEqualTo(2);
      assertThat(library.sizes(user)).isEqualTo(Map.of("liked_tracks", 2));
      library.awaitPublished(user);
      List<LibraryChange> events =
          library.published(user).stream()
              .filter(event -> event.getItemId().equals(track))
              .toList();
      assertThat(events).isNotEmpty();
      assertThat(events)
          .allSatisfy(
              event -> {
                assertThat(event.getVersion()).isEqualTo(2);
                assertThat(event.getAddedAt()).isEqualTo(addedAt);
              });
    }
  }

  @Test
  void aRemovalWhoseAnswerIsLostIsMadeOnce() throws Exception {
    try (CutAnswer relay = new CutAnswer(fresh.cassandra());
        OwnLibrary library = new OwnLibrary(fresh, relay.address(), Clock.systemUTC())) {
      UUID track = UUID.randomUUID();
      get(library.store.add(user, LIKED_TRACKS, track));
      library.awaitPublished(user);

      relay.cut("/" + track, 1);
      get(library.store.remove(user, LIKED_TRACKS, track));

      assertThat(relay.left()).isZero();
      assertThat(library.version(user)).isEqualTo(2);
      assertThat(library.sizes(user)).isEqualTo(Map.of("liked_tracks", 0));
      library.awaitPublished(user);
      assertThat(library.published(user))
          .last()
          .satisfies(event -> assertThat(event.getAddedAt()).isNull());
    }
  }

  @Test
  void twoProcessesOnOneListenerLoseNothing() throws Exception {
    Set<UUID> expected = ConcurrentHashMap.newKeySet();
    ExecutorService writers = Executors.newFixedThreadPool(16);
    try (OwnLibrary one = new OwnLibrary(fresh);
        OwnLibrary other = new OwnLibrary(fresh)) {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        LibraryStore store = i % 2 == 0 ? one.store : other.store;
        Callable<Void> writer =
            () -> {
              for (int j = 0; j < 6; j++) {
                UUID artist = UUID.randomUUID();
                get(store.add(user, FOLLOWED_ARTISTS, artist));
                expected.add(artist);
              }
              return null;
            };
        all.add(writers.submit(writer));
      }
      for (Future<Void> writer : all) {
        writer.get(120, TimeUnit.SECONDS);
      }

      assertThat(one.section(user, "followed_artists"))
          .containsExactlyInAnyOrderElementsOf(expected);
      assertThat(one.sizes(user)).isEqualTo(Map.of("followed_artists", expected.size()));
      assertThat(one.version(user)).isEqualTo(expected.size());
      one.awaitPublished(user);
      assertThat(
              one.published(user).stream()
                  .map(LibraryChange::getItemId)
                  .collect(Collectors.toSet()))
          .isEqualTo(expected);
    } finally {
      writers.shutdownNow();
    }
  }

  @Test
  void whatADeadProcessLeftInAnOutboxIsPublishedByAnother() throws Exception {
    Fresh fresh = fresh(); // Its minutes are swept before they are over.
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));
    try (OwnLibrary library = new OwnLibrary(fresh, fresh.cassandra(), later)) {
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      UUID track = UUID.randomUUID();
      LibraryChange event = new LibraryChange(user, LIKED_TRACKS, track, 1L, now, now);
      library.session.execute(
          "INSERT INTO unpublished (minute, shard, change, owner, id) VALUES (?, ?, ?, ?, ?)",
          now.truncatedTo(ChronoUnit.MINUTES),
          3,
          Uuids.timeBased(),
          "library",
          user);
      leave(library, event);

      library.sweeping();

      library.awaitPublished(user);
      assertThat(library.published(user)).containsExactly(event);
    }
  }

  @Test
  void whatADeadProcessLeftAfterAChangeIsPublishedBeforeTheNextOne() throws Exception {
    try (OwnLibrary library = new OwnLibrary(fresh)) {
      UUID track = UUID.randomUUID(); // The same throughout: only then has the log an order.
      get(library.store.add(user, LIKED_TRACKS, track));
      library.awaitPublished(user);
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      leave(library, new LibraryChange(user, LIKED_TRACKS, track, 2L, now, now));

      get(library.store.remove(user, LIKED_TRACKS, track));

      library.awaitPublished(user);
      assertThat(library.published(user))
          .extracting(LibraryChange::getVersion)
          .containsExactly(1L, 2L, 3L);
    }
  }

  /** As a process does that dies before it publishes. */
  private void leave(OwnLibrary library, LibraryChange event) {
    library.session.execute(
        "UPDATE library SET version = ? WHERE user_id = ? AND section = '' AND key = ''"
            + " IF version = ?",
        event.getVersion(),
        user,
        event.getVersion() == 1 ? null : event.getVersion() - 1);
    library.session.execute(
        "INSERT INTO library (user_id, section, key, item_id, event)"
            + " VALUES (?, 'outbox', ?, ?, ?)",
        user,
        "%016x/0000".formatted(event.getVersion()),
        Keys.of(event),
        ByteBuffer.wrap(library.events.encode(event)));
  }

  @Test
  void removingAllIsHeardOfAndForGood() throws Exception {
    try (OwnLibrary library = new OwnLibrary(fresh)) {
      Map<UUID, Instant> likes = new LinkedHashMap<>();
      for (int i = 0; i < 500; i++) {
        likes.put(UUID.randomUUID(), Instant.EPOCH.plusSeconds(i));
      }
      UUID hidden = UUID.randomUUID();
      get(library.store.addAll(user, LIKED_TRACKS, likes));
      get(library.store.add(user, HIDDEN_TRACKS, hidden));
      library.awaitPublished(user);

      get(library.store.removeAll(user));
      long version = library.version(user);
      get(library.store.removeAll(user));

      assertThat(library.version(user)).isEqualTo(version);
      assertThat(library.sizes(user)).isEqualTo(Map.of("liked_tracks", 0, "hidden_tracks", 0));
      assertThatThrownBy(() -> get(library.store.add(user, HIDDEN_TRACKS, hidden)))
          .hasRootCauseInstanceOf(Problem.class)
          .rootCause()
          .satisfies(e -> assertThat(((Problem) e).status()).isEqualTo(410));
      library.awaitPublished(user);
      assertThat(library.session.execute("SELECT section FROM library WHERE user_id = " + user))
          .hasSize(1);
      Set<UUID> removed = new HashSet<>();
      for (LibraryChange event : library.published(user)) {
        if (event.getAddedAt() == null) {
          removed.add(event.getItemId());
        }
      }
      Set<UUID> expected = new HashSet<>(likes.keySet());
      expected.add(hidden);
      assertThat(removed).isEqualTo(expected);
    }
  }

  @Test
  void whoeverHadNothingIsDeletedTooAndCanAddNothing() throws Exception {
    try (OwnLibrary library = new OwnLibrary(fresh)) {
      get(library.store.removeAll(user));
      assertThatThrownBy(() -> get(library.store.add(user, LIKED_TRACKS, UUID.randomUUID())))
          .hasRootCauseInstanceOf(Problem.class);
    }
  }
}
