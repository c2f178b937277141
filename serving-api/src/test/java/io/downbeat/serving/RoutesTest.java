package io.downbeat.serving;

import static io.downbeat.serving.catalog.Examples.album;
import static io.downbeat.serving.catalog.Examples.artist;
import static io.downbeat.serving.catalog.Examples.track;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.downbeat.access.AccessToken;
import io.downbeat.access.AccessTokens;
import io.downbeat.access.TokenKeys;
import io.downbeat.schemas.identity.GenreId;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.serving.accounts.Account;
import io.downbeat.serving.accounts.AccountsHandlers;
import io.downbeat.serving.accounts.Device;
import io.downbeat.serving.accounts.Family;
import io.downbeat.serving.accounts.InMemoryAccountsStore;
import io.downbeat.serving.accounts.Subscription;
import io.downbeat.serving.audits.Audit;
import io.downbeat.serving.audits.AuditsHandlers;
import io.downbeat.serving.catalog.CatalogHandlers;
import io.downbeat.serving.catalog.Examples;
import io.downbeat.serving.catalog.InMemoryCatalogStore;
import io.downbeat.serving.catalog.TrackBriefs;
import io.downbeat.serving.charts.ChartsHandlers;
import io.downbeat.serving.charts.ChartsRequest;
import io.downbeat.serving.counts.CountsHandlers;
import io.downbeat.serving.counts.InMemoryCountsStore;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.DemoListeners;
import io.downbeat.serving.http.HttpServer;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Route;
import io.downbeat.serving.library.InMemoryLibraryStore;
import io.downbeat.serving.library.KeptItem;
import io.downbeat.serving.library.LibraryHandlers;
import io.downbeat.serving.library.LibraryStore.Kept;
import io.downbeat.serving.recent.Cursor;
import io.downbeat.serving.recent.RecentHandlers;
import io.downbeat.serving.recent.RecentPlay;
import io.downbeat.serving.recommendations.RecommendationsHandlers;
import io.downbeat.serving.recommendations.RecommendationsStore;
import io.downbeat.serving.recommendations.Recommended;
import io.downbeat.serving.search.IndexedCatalog;
import io.downbeat.serving.sound.LocalSoundStore;
import io.downbeat.serving.sound.PlaybackHandlers;
import io.downbeat.serving.sound.SoundKeys;
import io.downbeat.serving.tokens.TokenKeysHandlers;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All paths over real HTTP, on stores in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RoutesTest {
  private static final Instant NOW = Instant.parse("2026-03-10T15:42:07Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final Path DEMO_FILE = Path.of("target", "demo-listeners.json");
  private static final UUID LISTENER = UUID.randomUUID();
  private static final ChartsRequest ROCK_THIS_WEEK =
      new ChartsRequest(
          GenreId.of("Rock"), Granularity.WEEK, Instant.parse("2026-03-09T00:00:00Z"));
  private static final HttpServer.Settings SETTINGS =
      new HttpServer.Settings("127.0.0.1", 0, 8, 64, Duration.ofSeconds(30), Duration.ofSeconds(5));

  private final InMemoryCatalogStore catalog = new InMemoryCatalogStore();
  private final InMemoryCountsStore counts = new InMemoryCountsStore();
  private final PrometheusMeterRegistry meters = Meters.registry();
  private final QueuedThreadPool threads = HttpServer.threads(SETTINGS);
  private final Readiness readiness =
      new Readiness(
          Map.of("part", () -> CompletableFuture.completedFuture(Optional.empty())),
          Duration.ofMillis(10),
          Duration.ofSeconds(1));
  private final Deferred deferred = new Deferred(threads);
  private final TrackBriefs tracks = new TrackBriefs(catalog);
  private final DemoListeners demo = new DemoListeners(Optional.of(DEMO_FILE));
  private final List<RecentPlay> plays = new ArrayList<>();
  private Optional<Audit> audit = Optional.empty();
  private final RecommendationsStore recommended =
      new RecommendationsStore() {
        @Override
        public CompletionStage<Recommended> forListener(UUID listener, Kind kind) {
          return CompletableFuture.completedFuture(
              listener.equals(LISTENER)
                  ? new Recommended(
                      "taste", kind == Kind.HOME ? List.of(track, album) : List.of(album))
                  : new Recommended("popularity", List.of()));
        }

        @Override
        public CompletionStage<List<UUID>> similarTo(UUID similar) {
          return CompletableFuture.completedFuture(
              similar.equals(track) ? List.of(album, artist) : List.of());
        }
      };
  private final Signer signer = new Signer("first");
  private final TokenKeys tokenKeys =
      TokenKeys.refreshed(
          () -> CompletableFuture.completedFuture(Map.of("first", signer.publicJwk())));
  private final AccessTokens tokens = new AccessTokens(tokenKeys, CLOCK);
  private final Listeners listeners = Apps.listeners(tokens::verify);
  private final InMemoryAccountsStore accounts = new InMemoryAccountsStore();
  private final InMemoryLibraryStore library = new InMemoryLibraryStore();
  private final List<Route> routes =
      Routes.all(
          new CatalogHandlers(catalog, Duration.ofSeconds(60)),
          new IndexedCatalog(catalog).handlers(CLOCK),
          new CountsHandlers(counts, CLOCK, deferred),
          new ChartsHandlers(this::chart, tracks, CLOCK, deferred),
          new RecentHandlers(this::recent, tracks, listeners, deferred),
          new RecommendationsHandlers(recommended, tracks, listeners, deferred),
          new AccountsHandlers(accounts, listeners, CLOCK, deferred),
          new LibraryHandlers(library, catalog, tracks, listeners, deferred),
          new TokenKeysHandlers(tokenKeys),
          new AuditsHandlers(() -> CompletableFuture.completedFuture(audit), deferred),
          new PlaybackHandlers(
              catalog,
              new LocalSoundStore(Path.of("target", "no-sounds")),
              SoundKeys.follow(Path.of("target", "no-sound-keys"), CLOCK),
              accounts,
              recommended,
              listeners,
              CLOCK,
              deferred),
          demo,
          new Operations(Contract.json(), readiness, meters));
  private UUID artist = UUID.randomUUID();
  private UUID album = UUID.randomUUID();
  private UUID track = UUID.randomUUID();
  private HttpServer server;
  private Http http;

  private CompletionStage<List<ChartEntry>> chart(ChartsRequest asked) {
    return CompletableFuture.completedFuture(
        asked.equals(ROCK_THIS_WEEK) ? List.of(new ChartEntry(track, 7)) : List.of());
  }

  private CompletionStage<List<RecentPlay>> recent(
      UUID listener, Optional<Cursor> before, int limit) {
    return CompletableFuture.completedFuture(
        plays.stream()
            .filter(play -> listener.equals(LISTENER))
            .filter(play -> before.isEmpty() || play.startedAt().isBefore(before.get().startedAt()))
            .limit(limit)
            .toList());
  }

  private Http.Answer me(String path) {
    return http.get(
        path, "Authorization", "Bearer " + Apps.KEY, "Downbeat-User", LISTENER.toString());
  }

  @BeforeEach
  void drawIds() {
    artist = UUID.randomUUID();
    album = UUID.randomUUID();
    track = UUID.randomUUID();
  }

  @BeforeAll
  void start() {
    server = HttpServer.start(SETTINGS, threads, routes, meters);
    http = new Http(server.port());
  }

  @AfterAll
  void stop() {
    server.close();
    readiness.close();
    tokenKeys.close();
  }

  @Test
  void thePathsAreThoseOfTheContract() {
    JsonNode paths = contract().get("paths");

    assertThat(routes.stream().map(route -> "get " + route.path()))
        .containsExactlyInAnyOrderElementsOf(
            fields(paths)
                .flatMap(
                    path ->
                        fields(paths.get(path))
                            .filter(method -> isServed(paths.get(path).get(method)))
                            .map(method -> method + " " + path))
                .toList());
  }

  @Test
  void theContractIsHandedOutWithWhatAnyOperationMayAnswer() {
    Http.Answer answer = http.get("/openapi.json");
    ObjectNode handedOut = (ObjectNode) answer.json();
    ObjectNode written = (ObjectNode) contract();
    JsonNode everywhere = written.remove("x-every-operation").path("responses");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(everywhere).hasSize(4);
    assertThat(handedOut.at("/paths/~1v1~1tracks~1{id}/get/responses").properties())
        .containsAll(everywhere.properties());
    assertThat(handedOut.at("/paths/~1v1~1accounts/post/responses/400"))
        .isEqualTo(written.at("/paths/~1v1~1accounts/post/responses/400"));
    assertThat(handedOut.remove("paths").findValuesAsText("operationId"))
        .isEqualTo(written.remove("paths").findValuesAsText("operationId"));
    assertThat(handedOut).isEqualTo(written);
    assertThat(http.get("/openapi.json", "If-None-Match", answer.header("ETag")).status())
        .isEqualTo(304);
  }

  @Test
  void aTrackComesWithTheNamesAndRolesOfItsArtistsAndItsAlbum() {
    UUID guest = UUID.randomUUID();
    UUID third = UUID.randomUUID();
    catalog.put(artist(artist, "The Examples"));
    catalog.put(artist(guest, "A Guest"));
    catalog.put(artist(third, "A Third"));
    catalog.put(album(album, "First", artist));
    catalog.put(track(track, "Opening", album, artist, guest, third));

    assertThat(http.get("/v1/tracks/" + track).json())
        .isEqualTo(
            json(
                """
                {"track_id": "%s", "title": "Opening",
                 "artists": [{"artist_id": "%s", "name": "The Examples", "role": "main"},
                  {"artist_id": "%s", "name": "A Guest", "role": "featured"},
                  {"artist_id": "%s", "name": "A Third", "role": "main"}],
                 "album": {"album_id": "%s", "title": "First", "cover_url": "%s",
                  "release_date": "2019-05"},
                 "genres": [{"genre_id": "%s", "name": "Rock"}],
                 "duration_millis": 187000, "disc_number": 2, "track_number": null,
                 "explicit": false, "countries": ["AU", "NZ"], "isrc": "USS1Z9900001", "playable": false,
                 "musicbrainz_id": null, "updated_at": "2026-01-01T12:00:00.123Z"}
                """
                    .formatted(
                        track, artist, guest, third, album, Examples.COVER, GenreId.of("Rock"))));
  }

  @Test
  void whatHasNotArrivedYetIsShownWithoutItsName() {
    catalog.put(track(track, "Opening", album, artist));

    JsonNode answer = http.get("/v1/tracks/" + track).json();

    assertThat(answer.get("artists"))
        .isEqualTo(
            json(
                "[{\"artist_id\": \"%s\", \"name\": null, \"role\": \"main\"}]".formatted(artist)));
    assertThat(answer.get("album"))
        .isEqualTo(
            json(
                """
                {"album_id": "%s", "title": null, "cover_url": null, "release_date": null}
                """
                    .formatted(album)));
  }

  @Test
  void aTrackMayHaveNoAlbum() {
    catalog.put(track(track, "Opening", null));

    assertThat(http.get("/v1/tracks/" + track).json().get("album").isNull()).isTrue();
  }

  @Test
  void anAlbumAndAnArtistAreRead() {
    catalog.put(artist(artist, "The Examples", "Indie Rock"));
    catalog.put(album(album, "First", artist));

    assertThat(http.get("/v1/albums/" + album).json())
        .isEqualTo(
            json(
                """
                {"album_id": "%s", "title": "First",
                 "artists": [{"artist_id": "%s", "name": "The Examples"}],
                 "genres": [{"genre_id": "%s", "name": "Rock"}],
                 "release_date": "2019-05", "total_tracks": null, "cover_url": "%s",
                 "musicbrainz_id": "%s", "updated_at": "2026-01-01T12:00:00.123Z"}
                """
                    .formatted(album, artist, GenreId.of("Rock"), Examples.COVER, Examples.MBID)));
    assertThat(http.get("/v1/artists/" + artist).json())
        .isEqualTo(
            json(
                """
                {"artist_id": "%s", "name": "The Examples",
                 "genres": [{"genre_id": "%s", "name": "Indie Rock"}],
                 "bio": "Two friends.\\nA drum machine.", "musicbrainz_id": "%s",
                 "updated_at": "2026-01-01T12:00:00.123Z"}
                """
                    .formatted(artist, GenreId.of("Indie Rock"), Examples.MBID)));
  }

  @Test
  void searchAnswersWithWhatWasTypedMarkedAndWhetherItIsAvailable() {
    catalog.put(artist(artist, "Zyzzyva"));
    catalog.put(album(album, "First", artist));
    catalog.put(track(track, "Quodlibet", album, artist));

    Http.Answer answer = http.get("/v1/search?q=zyzzyva+quod&type=track&country=DE");

    assertThat(answer.json())
        .isEqualTo(
            json(
                """
                {"hits": [{"type": "track",
                  "track": {"track_id": "%s", "title": "Quodlibet",
                    "artists": [{"artist_id": "%s", "name": "Zyzzyva"}],
                    "album": {"album_id": "%s", "title": "First", "release_date": "2019-05",
                      "cover_url": "%s"},
                    "duration_millis": 187000, "explicit": false},
                  "available": false,
                  "highlights": [{"field": "title", "start": 0, "end": 4},
                    {"field": "artists.0", "start": 0, "end": 7}]}],
                 "next_cursor": null}
                """
                    .formatted(track, artist, album, Examples.COVER)));
    assertThat(http.get("/v1/search?q=quod&country=NZ").json().at("/hits/0/available").asBoolean())
        .isTrue();
    assertThat(answer.header("Cache-Control")).isEqualTo("public, max-age=10");
  }

  @Test
  void anEmptyQueryPagesThroughEverythingOnce() {
    catalog.put(artist(artist, "The Examples"));
    catalog.put(album(album, "First", artist));
    for (int i = 0; i < 7; i++) {
      catalog.put(track(UUID.randomUUID(), "Track " + i, album, artist));
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = http.get("/v1/search?limit=2" + cursor).json();
      page.get("hits")
          .forEach(
              hit -> {
                String type = hit.get("type").asText();
                seen.add(hit.get(type).get(type + "_id").asText());
              });
      JsonNode next = page.get("next_cursor");
      cursor = next.isNull() ? null : "&cursor=" + next.asText();
    }

    assertThat(seen)
        .doesNotHaveDuplicates()
        .contains(artist.toString(), album.toString())
        .hasSizeGreaterThanOrEqualTo(9);
  }

  @Test
  void aPageOfHitsGoesOnWhereTheOneBeforeEnded() {
    for (int i = 0; i < 7; i++) {
      catalog.put(track(UUID.randomUUID(), "Floccinaucinihil " + i, null));
    }
    List<String> all = titles(http.get("/v1/search?q=floccinau").json());
    JsonNode first = http.get("/v1/search?q=floccinau&limit=4").json();
    JsonNode rest =
        http.get("/v1/search?q=floccinau&limit=4&cursor=" + first.get("next_cursor").asText())
            .json();

    assertThat(all).hasSize(7);
    assertThat(titles(first)).hasSize(4);
    assertThat(Stream.concat(titles(first).stream(), titles(rest).stream()))
        .containsExactlyElementsOf(all);
    assertThat(rest.get("next_cursor").isNull()).isTrue();
  }

  private static List<String> titles(JsonNode hits) {
    return hits.get("hits").findValuesAsText("title");
  }

  @Test
  void whatCannotBeSearchedForIsRefusedWithItsParameterAndItsValue() {
    assertProblem(http.get("/v1/search?q=a&type=playlist"), 422, "type", "playlist");
    assertProblem(http.get("/v1/search?q=a&country=de"), 422, "country", "de");
    assertProblem(http.get("/v1/search?q=a&limit=51"), 422, "limit", "51");
    assertProblem(http.get("/v1/search?limit=1001"), 422, "limit", "1001");
    assertProblem(http.get("/v1/search?q=a&cursor=abc"), 422, "cursor", "abc");
    assertProblem(http.get("/v1/search?q=a&sort=title"), 422, "sort", "title");
    assertProblem(http.get("/v1/search/suggestions?limit=0"), 422, "limit", "0");
    Http.Answer longQuery = http.get("/v1/search?q=" + "x".repeat(201));
    assertThat(longQuery.status()).isEqualTo(422);
    assertThat(longQuery.json().get("detail").asText()).contains("at most 200 characters");
    assertThat(http.get("/v1/search?q=" + "x".repeat(10_000)).status()).isIn(414, 422, 431);
    assertProblem(http.get("/v1/search?q=%00%01"), 422, "q", "\0\1");
    for (String odd : List.of("***", "%2A%3F~", "%F0%9F%8E%B5", "a+".repeat(100))) {
      assertThat(http.get("/v1/search?q=" + odd).status()).as(odd).isEqualTo(200);
    }
  }

  @Test
  void manyAreReadInTheOrderAskedForEachOnceWithTheIdsThatAreNotThere() {
    UUID second = UUID.randomUUID();
    UUID missing = UUID.randomUUID();
    catalog.put(artist(artist, "The Examples"));
    catalog.put(album(album, "First", artist));
    catalog.put(track(track, "Opening", album, artist));
    catalog.put(track(second, "Closing", album, artist));
    String ids = "%s,%s,%s,%s".formatted(second, missing, track, second);

    Http.Answer answer = http.get("/v1/tracks?ids=" + ids);

    assertThat(answer.json().get("tracks"))
        .containsExactly(
            http.get("/v1/tracks/" + second).json(), http.get("/v1/tracks/" + track).json());
    assertThat(answer.json().get("unknown")).isEqualTo(json("[\"%s\"]".formatted(missing)));
    assertThat(answer.header("Cache-Control")).isEqualTo("public, max-age=60");
    assertThat(http.get("/v1/tracks?ids=" + ids, "If-None-Match", answer.header("ETag")).status())
        .isEqualTo(304);
    assertThat(http.get("/v1/albums?ids=" + album).json().get("albums"))
        .containsExactly(http.get("/v1/albums/" + album).json());
    assertThat(http.get("/v1/artists?ids=" + artist).json().get("artists"))
        .containsExactly(http.get("/v1/artists/" + artist).json());
  }

  @Test
  void manyAreAtMostAHundred() {
    String hundred =
        Stream.generate(UUID::randomUUID)
            .limit(100)
            .map(UUID::toString)
            .collect(Collectors.joining(","));

    assertThat(http.get("/v1/artists?ids=" + hundred).json().get("unknown")).hasSize(100);
    assertProblem(
        http.get("/v1/artists?ids=" + hundred + "," + artist), 422, "ids", artist.toString());
    assertProblem(http.get("/v1/tracks"), 422, "ids", "");
    assertProblem(http.get("/v1/tracks?ids="), 422, "ids", "");
    assertProblem(http.get("/v1/albums?ids=" + album + ",x"), 422, "ids", "x");
    assertProblem(http.get("/v1/albums?ids=" + album + ","), 422, "ids", "");
    assertProblem(http.get("/v1/albums?ids=" + album + "&limit=1"), 422, "limit", "1");
  }

  @Test
  void aCopyThatIsStillRightIsNotSentAgain() {
    catalog.put(artist(artist, "The Examples"));
    Http.Answer first = http.get("/v1/artists/" + artist);
    assertThat(first.header("Cache-Control")).isEqualTo("public, max-age=60");

    Http.Answer again =
        http.get("/v1/artists/" + artist, "If-None-Match", "\"x\", W/" + first.header("ETag"));

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.text()).isEmpty();
    assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    catalog.put(artist(artist, "Another Name"));
    assertThat(http.get("/v1/artists/" + artist, "If-None-Match", first.header("ETag")).status())
        .isEqualTo(200);
  }

  @Test
  void bucketsAreGivenInAscendingOrderWithTheirPeriod() {
    counts.put(
        CountedKind.TRACK,
        track,
        Granularity.HOUR,
        Instant.parse("2026-03-10T15:00:00Z"),
        Map.of("plays", 3L, "streams", 2L, "listened_millis", 401_000L, "skips", 1L));

    Http.Answer answer = http.get("/v1/counts/tracks/" + track + "?granularity=hour");

    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.json())
        .isEqualTo(
            json(
                """
                {"kind": "track", "id": "%s", "granularity": "hour",
                 "from": "2026-03-08T16:00:00Z", "to": "2026-03-10T16:00:00Z",
                 "buckets": [{"start": "2026-03-10T15:00:00Z", "plays": 3, "streams": 2,
                   "listened_millis": 401000, "skips": 1}]}
                """
                    .formatted(track)));
  }

  @Test
  void theTotalIsTheSumOfAllDays() {
    for (int day = 1; day <= 3; day++) {
      counts.put(
          CountedKind.EVERYTHING,
          CountedKind.EVERYTHING_ID,
          Granularity.DAY,
          Instant.parse("2026-01-0" + day + "T00:00:00Z"),
          Map.of("plays", 10L * day, "listeners", 2L));
    }
    counts.put(
        CountedKind.EVERYTHING,
        CountedKind.EVERYTHING_ID,
        Granularity.ALL,
        Instant.EPOCH,
        Map.of("listeners", 2L));

    assertThat(http.get("/v1/counts/everything").json())
        .isEqualTo(
            json(
                """
                {"kind": "everything", "id": "00000000-0000-0000-0000-000000000000",
                 "granularity": "all",
                 "totals": {"plays": 60, "streams": 0, "listened_millis": 0, "skips": 0,
                   "listeners": 2}}
                """));
  }

  @Test
  void theTotalOfATrackSaysWhoLikesItAndThatOfAListenerWhoFollows() {
    counts.put(
        CountedKind.TRACK,
        track,
        Granularity.ALL,
        Instant.EPOCH,
        Map.of("listeners", 2L, "likes_added", 9L, "likes_removed", 1L));
    UUID user = UUID.randomUUID();
    counts.put(
        CountedKind.USER, user, Granularity.ALL, Instant.EPOCH, Map.of("followers_added", 3L));

    assertThat(http.get("/v1/counts/tracks/" + track).json().get("totals"))
        .isEqualTo(
            json(
                """
                {"plays": 0, "streams": 0, "listened_millis": 0, "skips": 0, "listeners": 2, "likes": 8}
                """));
    assertThat(http.get("/v1/counts/users/" + user).json())
        .isEqualTo(
            json(
                """
                {"kind": "user", "id": "%s", "granularity": "all", "totals": {"followers": 3}}
                """
                    .formatted(user)));
    assertThat(http.get("/v1/counts/albums/" + track).json().at("/totals/likes").isMissingNode())
        .isTrue();
    assertProblem(
        http.get("/v1/counts/users/" + user + "?granularity=day"), 422, "granularity", "day");
  }

  @Test
  void aChartNamesItsTracksAndItsWindow() {
    catalog.put(track(track, "Opening", null));

    assertThat(http.get("/v1/charts/rock?window=week").json())
        .isEqualTo(
            json(
                """
                {"scope": "%s", "window": "week",
                 "from": "2026-03-09T00:00:00Z", "to": "2026-03-16T00:00:00Z",
                 "entries": [{"rank": 1, "streams": 7, "track":
                   {"track_id": "%s", "title": "Opening", "artists": [], "album": null}}]}
                """
                    .formatted(GenreId.of("Rock"), track)));
    assertThat(http.get("/v1/charts/" + GenreId.of("Rock") + "?window=week&at=2026-03-15").json())
        .isEqualTo(http.get("/v1/charts/Rock?window=week").json());
  }

  @Test
  void aWindowWithoutStreamsHasAnEmptyChart() {
    JsonNode chart = http.get("/v1/charts/everything?window=hour&at=2026-03-10T23:59:59Z").json();

    assertThat(chart.get("scope").asText()).isEqualTo("everything");
    assertThat(chart.get("from").asText()).isEqualTo("2026-03-10T23:00:00Z");
    assertThat(chart.get("entries")).isEmpty();
    assertThat(http.get("/v1/charts/everything").json().get("window").asText()).isEqualTo("day");
  }

  @Test
  void recommendationsAreOfTheKindThatIsAskedFor() {
    catalog.put(track(track, "Opening", null));

    assertThat(me("/v1/me/recommendations?limit=1").json())
        .isEqualTo(
            json(
                """
                {"kind": "home", "based_on": "taste", "tracks": [
                  {"track_id": "%s", "title": "Opening", "artists": [], "album": null}]}
                """
                    .formatted(track)));
    assertThat(me("/v1/me/recommendations").json().get("tracks")).hasSize(2);
    assertThat(me("/v1/me/recommendations?kind=discover").json().at("/tracks/0/track_id").asText())
        .isEqualTo(album.toString());
    assertThat(http.get("/v1/me/recommendations").status()).isEqualTo(401);
    assertProblem(me("/v1/me/recommendations?kind=party"), 422, "kind", "party");
    assertProblem(me("/v1/me/recommendations?limit=51"), 422, "limit", "51");
  }

  @Test
  void similarTracksAreForAnyone() {
    assertThat(
            http.get("/v1/tracks/" + track + "/similar?limit=1")
                .json()
                .findValuesAsText("track_id"))
        .containsExactly(album.toString());
    assertThat(http.get("/v1/tracks/" + album + "/similar").json().get("tracks")).isEmpty();
    assertProblem(http.get("/v1/tracks/x/similar"), 422, "id", "x");
  }

  @Test
  void recentPlaysComeInPages() {
    for (int minute = 59; minute >= 0; minute--) {
      plays.add(new RecentPlay(UUID.randomUUID(), NOW.plusSeconds(60 * minute), track, 31_000));
    }

    JsonNode first = me("/v1/me/recent").json();
    JsonNode second = me("/v1/me/recent?cursor=" + first.get("next_cursor").asText()).json();

    assertThat(first.get("plays")).hasSize(50);
    assertThat(first.at("/plays/0/track"))
        .isEqualTo(
            json(
                "{\"track_id\": \"%s\", \"title\": null, \"artists\": [], \"album\": null}"
                    .formatted(track)));
    assertThat(second.get("plays")).hasSize(10);
    assertThat(second.get("next_cursor").isNull()).isTrue();
    assertThat(me("/v1/me/recent?limit=1").json().get("plays")).hasSize(1);
  }

  @Test
  void listenersOfADemoAreListedWhileTheyAreInTheirFile() throws IOException {
    Files.deleteIfExists(DEMO_FILE);
    assertThat(http.get("/v1/demo/listeners").json()).isEqualTo(json("{\"listeners\": []}"));

    String file =
        "{\"listeners\": [{\"user_id\": \"%s\", \"name\": \"Mira\", \"email\": \"mira@demo.example\", \"password\": \"secret\", \"taste\": [\"house\"]}]}"
            .formatted(LISTENER);
    Files.writeString(DEMO_FILE, file);
    assertThat(http.get("/v1/demo/listeners").json()).isEqualTo(json(file));
    assertThat(http.get("/v1/me/recent", "Downbeat-User", LISTENER.toString()).status())
        .isEqualTo(401);

    Files.writeString(DEMO_FILE, "{");
    assertThat(http.get("/v1/demo/listeners").json()).isEqualTo(json("{\"listeners\": []}"));
    Files.delete(DEMO_FILE);
  }

  @Test
  void thePlayerIsThere() {
    Http.Answer page = http.get("/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.response().headers().allValues("Content-Security-Policy"))
        .containsExactly(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                + " connect-src 'self'; media-src 'self' blob:; base-uri 'none';"
                + " form-action 'none'; frame-ancestors 'none'");
    // What that policy forbids isn't there.
    assertThat(page.text()).doesNotContain("<style", " style=", " onclick=", "javascript:");
    for (String file : List.of("/app.js", "/player.css", "/hls.js", "/icon.svg")) {
      assertThat(page.text()).contains(file);
      assertThat(http.get(file).status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsAListenersOwnIsForTrustedCallersWhoNameTheListener() {
    Http.Answer nobody = http.get("/v1/me/recent");
    assertThat(nobody.status()).isEqualTo(401);
    assertThat(nobody.header("WWW-Authenticate")).isEqualTo("Bearer");
    assertThat(http.get("/v1/me/recent", "Authorization", "Bearer " + "x".repeat(20)).status())
        .isEqualTo(401);
    assertThat(http.get("/v1/me/recent", "Authorization", "Bearer " + Apps.KEY).status())
        .isEqualTo(401);
    assertProblem(
        http.get(
            "/v1/me/recent", "Authorization", "Bearer " + Apps.KEY, "Downbeat-User", "somebody"),
        422,
        "Downbeat-User",
        "somebody");
  }

  private static AccessToken token(UUID user) {
    return new AccessToken(
        user, UUID.randomUUID(), UUID.randomUUID(), Plan.FREE, 1, NOW.plusSeconds(900));
  }

  private Http.Answer as(AccessToken token, String path, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Authorization", "Bearer " + signer.sign(token, NOW)));
    return http.get(path, all.toArray(String[]::new));
  }

  @Test
  void aTokenSpeaksForItsListenerOnly() {
    plays.add(new RecentPlay(UUID.randomUUID(), NOW, track, 31_000));
    AccessToken token = token(LISTENER);

    assertThat(as(token, "/v1/me/recent?limit=1").json().get("plays")).hasSize(1);
    assertThat(as(token(track), "/v1/me/recent").json().get("plays")).isEmpty();
    assertThat(as(token, "/v1/me/recent", "Downbeat-User", LISTENER.toString()).status())
        .isEqualTo(200);
    assertProblem(
        as(token, "/v1/me/recent", "Downbeat-User", track.toString()),
        403,
        "Downbeat-User",
        track.toString());
    assertProblem(as(token, "/v1/me/recent", "Downbeat-User", "x"), 422, "Downbeat-User", "x");
  }

  @Test
  void aTokenThatDoesNotCountIsToldWhyAndNotRepeated() {
    String expired =
        signer.sign(
            new AccessToken(
                LISTENER, UUID.randomUUID(), UUID.randomUUID(), Plan.FREE, 1, NOW.minusSeconds(60)),
            NOW.minusSeconds(600));
    Map<String, String> why =
        Map.of(
            expired,
            "The access token has expired",
            new Signer("first").sign(token(LISTENER), NOW),
            "The access token has a wrong signature",
            new Signer("other").sign(token(LISTENER), NOW),
            "The access token is signed with an unknown key",
            "a.b.c",
            "The access token is not one of ours",
            "x".repeat(20),
            "The access token is not one of ours");

    why.forEach(
        (jwt, reason) -> {
          Http.Answer answer = http.get("/v1/me/recent", "Authorization", "Bearer " + jwt);
          assertThat(answer.status()).isEqualTo(401);
          assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
          assertThat(answer.json().get("detail").asText()).isEqualTo(reason);
          assertThat(answer.text()).doesNotContain(jwt);
        });
  }

  @Test
  void anAccountIsItsListenersOwn() {
    Instant until = NOW.plusSeconds(60);
    accounts.put(
        new Account(
            LISTENER,
            "mira@example.org",
            "Mira",
            "DE",
            NOW,
            new Account.Subscribed(Plan.PREMIUM, NOW.minusSeconds(60), until),
            null));

    Http.Answer answer = as(token(LISTENER), "/v1/me");

    assertThat(answer.header("Cache-Control")).isEqualTo("private, no-store");
    assertThat(answer.json())
        .isEqualTo(
            json(
                """
                {"user_id": "%s", "email": "mira@example.org", "name": "Mira", "country": "DE",
                 "created_at": "%s", "plan": "premium", "plan_until": "%s"}
                """
                    .formatted(LISTENER, NOW, until)));
    assertThat(me("/v1/me").json()).isEqualTo(answer.json());
    assertProblem(as(token(track), "/v1/me"), 404, "user_id", track.toString());
    assertThat(http.get("/v1/me").status()).isEqualTo(401);
    assertProblem(as(token(LISTENER), "/v1/me?x=1"), 422, "x", "1");
  }

  @Test
  void aPlanThatIsOverIsFree() {
    accounts.put(
        new Account(
            track, null, null, null, null, new Account.Subscribed(Plan.FAMILY, null, NOW), null));

    assertThat(as(token(track), "/v1/me").json().get("plan").asText()).isEqualTo("free");
    assertThat(as(token(track), "/v1/me").json().get("plan_until").isNull()).isTrue();
  }

  @Test
  void aSubscriptionComesWithWhatWasToldOfIt() {
    Account.Subscribed student = new Account.Subscribed(Plan.STUDENT, NOW, null);
    Account account = new Account(LISTENER, null, null, null, null, student, null);
    accounts.put(LISTENER, new Subscription(account, List.of(new Subscription.Told(NOW, student))));

    assertThat(as(token(LISTENER), "/v1/me/subscription").json())
        .isEqualTo(
            json(
                """
                {"plan": "student", "from": "%1$s", "until": null, "family_owner_id": null, "history": [
                  {"plan": "student", "from": "%1$s", "until": null, "told_at": "%1$s"}]}
                """
                    .formatted(NOW)));
    assertThat(as(token(track), "/v1/me/subscription").status()).isEqualTo(404);
  }

  @Test
  void aMemberOfAFamilyHasItsPlanWhileItsOwnerPaysForIt() {
    Account.Subscribed premium = new Account.Subscribed(Plan.PREMIUM, null, null);
    Account.Subscribed family = new Account.Subscribed(Plan.FAMILY, NOW, NOW.plusSeconds(60));
    Account.Subscribed over = new Account.Subscribed(Plan.FAMILY, null, NOW);
    accounts.put(
        track,
        new Subscription(
            new Account(
                track, null, null, null, null, premium, new Account.Membership(artist, family)),
            List.of()));
    accounts.put(
        album,
        new Subscription(
            new Account(
                album, null, null, null, null, premium, new Account.Membership(artist, over)),
            List.of()));

    assertThat(as(token(track), "/v1/me/subscription").json())
        .isEqualTo(
            json(
                """
                {"plan": "family", "from": "%s", "until": "%s", "family_owner_id": "%s", "history": []}
                """
                    .formatted(NOW, NOW.plusSeconds(60), artist)));
    assertThat(as(token(album), "/v1/me/subscription").json().get("plan").asText())
        .isEqualTo("premium");
  }

  @Test
  void theOwnerOfAFamilySeesWhoIsInItAndAMemberOnlyWhoseItIs() {
    Account.Subscribed free = new Account.Subscribed(Plan.FREE, null, null);
    UUID owner = UUID.randomUUID();
    UUID invitation = UUID.randomUUID();
    accounts.put(new Account(owner, "o@example.org", "Olga", null, null, free, null));
    accounts.put(
        new Account(
            track, "m@example.org", "Mira", "DE", NOW, free, new Account.Membership(owner, free)));
    accounts.put(
        owner,
        new Family(
            List.of(new Family.Member(album, NOW.plusSeconds(1)), new Family.Member(track, NOW)),
            List.of(
                new Family.Invitation(artist, NOW),
                new Family.Invitation(invitation, NOW.plusSeconds(1)))));

    assertThat(as(token(owner), "/v1/family").json())
        .isEqualTo(
            json(
                """
                {"role": "owner", "owner_id": "%s", "members": [
                  {"user_id": "%s", "name": "Mira", "joined_at": "%s"},
                  {"user_id": "%s", "name": null, "joined_at": "%s"}],
                 "invitations": [{"invitation_id": "%s", "expires_at": "%s"}]}
                """
                    .formatted(
                        owner,
                        track,
                        NOW,
                        album,
                        NOW.plusSeconds(1),
                        invitation,
                        NOW.plusSeconds(1))));
    assertThat(as(token(track), "/v1/family").json())
        .isEqualTo(json("{\"role\": \"member\", \"owner_id\": \"%s\"}".formatted(owner)));
  }

  @Test
  void whoIsInNoFamilyIsToldSo() {
    Account.Subscribed premium = new Account.Subscribed(Plan.PREMIUM, null, null);
    accounts.put(new Account(track, null, null, null, null, premium, null));

    assertProblem(as(token(track), "/v1/family"), 404, "user_id", track.toString());
    assertThat(http.get("/v1/family").status()).isEqualTo(401);
  }

  @Test
  void devicesComeLastActiveFirstAndTheCallersOwnIsMarked() {
    AccessToken token = token(LISTENER);
    accounts.put(
        LISTENER,
        List.of(
            new Device(album, "tv", null, NOW, null, null),
            new Device(track, "web", "Browser", NOW, NOW.minusSeconds(60), NOW),
            new Device(token.deviceId(), "mobile", "Phone", NOW, NOW, NOW.plusSeconds(1))));

    JsonNode devices = as(token, "/v1/devices").json().get("devices");

    assertThat(devices.findValuesAsText("device_id"))
        .containsExactly(token.deviceId().toString(), track.toString(), album.toString());
    assertThat(devices.findValuesAsText("signed_in")).containsExactly("true", "false", "false");
    assertThat(devices.findValuesAsText("current")).containsExactly("true", "false", "false");
    assertThat(me("/v1/devices").json().findValuesAsText("current")).doesNotContain("true");
  }

  @Test
  void listsComeWithNamesWhereTheCatalogueKnowsThem() {
    catalog.put(track(track, "Opening", null));
    catalog.put(artist(artist, "The Examples"));
    UUID user = UUID.randomUUID();
    AccessToken token = token(user);
    for (Kept list : Kept.values()) {
      library.put(user, list, new KeptItem(NOW, list.name().contains("TRACK") ? track : artist));
    }
    library.put(user, Kept.LIKED_TRACKS, new KeptItem(NOW.plusSeconds(1), album));

    assertThat(as(token, "/v1/me/likes").json())
        .isEqualTo(
            json(
                """
                {"items": [{"id": "%s", "added_at": "%s", "title": null, "artists": [], "album": null},
                 {"id": "%s", "added_at": "%s", "title": "Opening", "artists": [], "album": null}],
                 "next_cursor": null}
                """
                    .formatted(album, NOW.plusSeconds(1), track, NOW)));
    assertThat(as(token, "/v1/me/hidden/tracks").json().at("/items/0/title").asText())
        .isEqualTo("Opening");
    for (String path : List.of("/v1/me/following/artists", "/v1/me/hidden/artists")) {
      assertThat(as(token, path).json().at("/items/0"))
          .isEqualTo(
              json(
                  "{\"id\": \"%s\", \"added_at\": \"%s\", \"name\": \"The Examples\"}"
                      .formatted(artist, NOW)));
    }
    assertThat(as(token, "/v1/me/following/users").json().at("/items/0"))
        .isEqualTo(json("{\"id\": \"%s\", \"added_at\": \"%s\"}".formatted(artist, NOW)));
    assertThat(as(token, "/v1/me/likes").header("Cache-Control")).isEqualTo("private, no-store");
    assertThat(
            as(token, "/v1/me/likes/contains?ids=%s,%s,%s".formatted(artist, track, album)).json())
        .isEqualTo(json("{\"liked\": [\"%s\", \"%s\"]}".formatted(track, album)));
    assertThat(as(token(track), "/v1/me/likes").json().get("items")).isEmpty();
  }

  @Test
  void whatCannotBeListedIsRefusedWithItsParameterAndItsValue() {
    AccessToken token = token(LISTENER);

    assertProblem(as(token, "/v1/me/likes?limit=101"), 422, "limit", "101");
    assertProblem(as(token, "/v1/me/likes?limit=0"), 422, "limit", "0");
    assertProblem(as(token, "/v1/me/likes?cursor=abc"), 422, "cursor", "abc");
    String past = "_".repeat(32); // A time before 1970.
    assertProblem(as(token, "/v1/me/likes?cursor=" + past), 422, "cursor", past);
    assertProblem(as(token, "/v1/me/likes/contains"), 422, "ids", "");
    String many =
        Stream.generate(UUID::randomUUID)
            .limit(50)
            .map(UUID::toString)
            .collect(Collectors.joining(","));
    assertThat(as(token, "/v1/me/likes/contains?ids=" + many).status()).isEqualTo(200);
    assertProblem(
        as(token, "/v1/me/likes/contains?ids=" + many + "," + track), 422, "ids", track.toString());
    assertThat(http.get("/v1/me/likes").status()).isEqualTo(401);
    assertThat(http.get("/v1/me/likes/contains?ids=" + track).status()).isEqualTo(401);
  }

  @Test
  void theKeysOfTokensAreForAnyoneWithoutTheirPrivateHalves() {
    Http.Answer answer = http.get("/.well-known/jwks.json");

    assertThat(answer.header("Cache-Control")).isEqualTo("public, max-age=60");
    assertThat(answer.json().get("keys")).hasSize(1);
    assertThat(answer.json().at("/keys/0")).isEqualTo(json(signer.publicJwk()));
    assertThat(answer.json().at("/keys/0").has("d")).isFalse();
    assertThat(http.get("/.well-known/jwks.json", "If-None-Match", answer.header("ETag")).status())
        .isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tracks", "artists", "albums", "genres"})
  void whatWasNeverPlayedIsNoError(String kind) {
    String path = "/v1/counts/" + kind + "/" + UUID.randomUUID();

    assertThat(http.get(path).json().at("/totals/plays").asLong(-1)).isZero();
    assertThat(http.get(path + "?granularity=day").json().get("buckets")).isEmpty();
  }

  @Test
  void offsetsInAQueryArePercentEncoded() {
    assertThat(
            http.get("/v1/counts/everything?granularity=day&from=2026-01-01T00:00:00%2B01:00")
                .json()
                .get("from")
                .asText())
        .isEqualTo("2025-12-31T00:00:00Z");
  }

  @Test
  void problemsNameFieldAndValue() {
    assertProblem(http.get("/v1/tracks/" + track), 404, "id", track.toString());
    assertProblem(http.get("/v1/albums/" + album), 404, "id", album.toString());
    assertProblem(http.get("/v1/artists/1-2-3-4-5"), 422, "id", "1-2-3-4-5");
    assertProblem(http.get("/v1/counts/tracks/abc"), 422, "id", "abc");
    assertProblem(http.get("/v1/counts/songs/" + track), 404, "kind", "songs");
    assertProblem(http.get("/v1/counts/everything?granularity=week"), 422, "granularity", "week");
    assertProblem(http.get("/v1/charts/everything?window=year"), 422, "window", "year");
    assertProblem(http.get("/v1/charts/everything?at=yesterday"), 422, "at", "yesterday");
    assertProblem(me("/v1/me/recent?limit=201"), 422, "limit", "201");
    assertProblem(me("/v1/me/recent?limit=a"), 422, "limit", "a");
    assertProblem(me("/v1/me/recent?cursor=abc"), 422, "cursor", "abc");
    assertProblem(me("/v1/me/recent?page=2"), 422, "page", "2");
  }

  @Test
  void aLongValueIsCut() {
    Http.Answer answer = http.get("/v1/tracks/" + "x".repeat(1_000));

    assertThat(answer.json().get("value").asText()).hasSize(201);
  }

  @Test
  void storesThatAreAwayAre503WithATimeToTryAgain() {
    catalog.fail("is being loaded");
    counts.fail("Cassandra cannot be reached");
    try {
      for (String path :
          List.of("/v1/tracks/" + track, "/v1/tracks?ids=" + track, "/v1/counts/everything")) {
        Http.Answer answer = http.get(path);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("2");
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      }
      assertThat(http.get("/healthz").status()).isEqualTo(200);
    } finally {
      catalog.recover();
      counts.recover();
    }
  }

  @Test
  void otherPathsAndMethodsAreProblemsToo() {
    assertThat(http.get("/v1/songs").status()).isEqualTo(404);
    assertThat(http.get("/v1/songs").header("Content-Type")).isEqualTo("application/problem+json");
    Http.Answer post = http.send("POST", "/v1/tracks/" + track);
    assertThat(post.status()).isEqualTo(405);
    assertThat(post.header("Allow")).isEqualTo("GET, HEAD");
    assertThat(post.json().get("title").asText()).isEqualTo("Method Not Allowed");
    assertThat(http.send("DELETE", "/v1/nothing").status()).isEqualTo(404);
  }

  @Test
  void headAnswersAsGetWithoutTheBody() {
    catalog.put(artist(artist, "The Examples"));
    Http.Answer get = http.get("/v1/artists/" + artist);
    Http.Answer head = http.send("HEAD", "/v1/artists/" + artist);

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.text()).isEmpty();
    assertThat(head.header("ETag")).isEqualTo(get.header("ETag"));
    assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(get.text().length()));
    assertThat(http.send("HEAD", "/v1/artists/" + album).status()).isEqualTo(404);
    assertThat(http.send("HEAD", "/v1/counts/everything").status()).isEqualTo(200);
  }

  @Test
  void whatJettyRefusesIsAProblemWithoutTheServersVersion() throws IOException {
    String tooLong =
        raw("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: " + "x".repeat(20_000) + "\r\n\r\n");
    String ambiguous = raw("GET /v1/tracks/a%2Fb HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    assertThat(tooLong).startsWith("HTTP/1.1 431").contains("application/problem+json");
    assertThat(ambiguous).startsWith("HTTP/1.1 400").contains("application/problem+json");
    assertThat(tooLong + ambiguous).doesNotContain("Server:").doesNotContainIgnoringCase("jetty");
  }

  @Test
  void theLatestAuditIsAnsweredOnceThereIsOne() {
    Http.Answer before = http.get("/v1/audits/latest");
    Map<String, Long> counts =
        Map.of("compared", 9_000L, "moving", 20L, "undecided", 0L, "differing", 1L);
    Map<String, String> example = Map.of("table", "counts", "problem", "too_high");
    audit =
        Optional.of(
            new Audit(
                NOW,
                41_000,
                null,
                "7711223344556677889",
                "8811223344556677889",
                counts,
                Map.of("plays", 7L),
                counts,
                List.of(example)));

    JsonNode after = http.get("/v1/audits/latest").json();

    assertThat(before.status()).isEqualTo(404);
    assertThat(before.header("Content-Type")).startsWith("application/problem+json");
    assertThat(before.json().get("detail").asText()).contains("./downbeat batch audit-counts");
    assertThat(after.get("audited_at").asText()).isEqualTo(NOW.toString());
    assertThat(after.get("days").isNull()).isTrue();
    assertThat(after.get("snapshot_before").asText()).isEqualTo("7711223344556677889");
    assertThat(after.get("counts").get("compared").asLong()).isEqualTo(9_000);
    assertThat(after.get("drift").get("plays").asLong()).isEqualTo(7);
    assertThat(after.get("examples").get(0).get("problem").asText()).isEqualTo("too_high");
  }

  @Test
  void readinessFollowsItsParts() {
    assertThat(http.get("/readyz").status()).isEqualTo(503);
    readiness.start();

    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    Http.Answer answer = http.get("/readyz");
    while (answer.status() != 200 && System.nanoTime() < deadline) {
      answer = http.get("/readyz");
    }

    assertThat(answer.json())
        .isEqualTo(json("{\"ready\": true, \"parts\": {\"part\": {\"ready\": true}}}"));
  }

  @Test
  void requestsAreMeasuredByRouteAndStatus() {
    http.get("/v1/tracks/" + track);
    http.get("/nowhere/" + UUID.randomUUID());

    Http.Answer answer = http.get("/metrics");

    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    assertThat(answer.text())
        .contains("http_server_requests_seconds_count{route=\"/v1/tracks/{id}\",status=\"404\"}")
        .contains(
            "http_server_requests_seconds_bucket{route=\"other\",status=\"404\",le=\"0.005\"}")
        .contains("jvm_memory_used_bytes");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static void assertProblem(Http.Answer answer, int status, String field, String value) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().get("status").asInt()).isEqualTo(status);
    assertThat(answer.json().get("field").asText()).isEqualTo(field);
    assertThat(answer.json().get("value").asText()).isEqualTo(value);
    assertThat(answer.json().get("detail").asText()).isNotBlank();
  }

  private static boolean isServed(JsonNode operation) {
    return List.of("serving", "both").contains(operation.get("x-app").asText());
  }

  private static Stream<String> fields(JsonNode node) {
    Iterable<String> names = node::fieldNames;
    return StreamSupport.stream(names.spliterator(), false);
  }

  private static JsonNode contract() {
    try (InputStream yaml = RoutesTest.class.getResourceAsStream("/openapi.yaml")) {
      return json(new JsonMapper().writeValueAsString(new YAMLMapper().readTree(yaml)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
