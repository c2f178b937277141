package io.downbeat.serving.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.downbeat.serving.catalog.CatalogStore;
import io.downbeat.serving.catalog.CatalogStore.NotReadyException;
import io.downbeat.serving.http.Answers;
import io.downbeat.serving.http.Problem;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/search} and {@code /v1/search/suggestions}. Thread-safe. */
public final class SearchHandlers {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final Duration MAX_AGE = Duration.ofSeconds(10);

  private record Answer(List<HitView> hits, @Nullable String nextCursor) {}

  /** The thing stands under its type. */
  private record HitView(
      String type,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ArtistView artist,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable AlbumView album,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TrackView track,
      boolean available,
      List<Highlights.Span> highlights) {}

  private record ArtistView(UUID artistId, String name, List<String> genres) {}

  private record AlbumView(
      UUID albumId,
      String title,
      List<NamedArtist> artists,
      @Nullable String releaseDate,
      @Nullable String coverUrl) {}

  private record TrackView(
      UUID trackId,
      String title,
      List<NamedArtist> artists,
      @Nullable NamedAlbum album,
      @Nullable Long durationMillis,
      boolean explicit) {}

  private record NamedArtist(UUID artistId, @Nullable String name) {}

  private record NamedAlbum(
      UUID albumId,
      @Nullable String title,
      @Nullable String releaseDate,
      @Nullable String coverUrl) {}

  private final SearchIndexReader index;
  private final Entries entries;
  private final FirstLetters firstLetters;
  private final Clock clock;

  public SearchHandlers(
      IndexFollower index, CatalogStore catalog, FirstLetters firstLetters, Clock clock) {
    this(index::read, catalog, firstLetters, clock);
  }

  SearchHandlers(
      SearchIndexReader index, CatalogStore catalog, FirstLetters firstLetters, Clock clock) {
    this.index = index;
    this.entries = new Entries(catalog);
    this.firstLetters = firstLetters;
    this.clock = clock;
  }

  public void search(Context ctx) {
    SearchRequest request = SearchRequest.of(ctx.queryParamMap());
    answer(ctx, () -> request.words().isEmpty() ? body(everything(request)) : found(request));
  }

  public void suggestions(Context ctx) {
    SearchRequest request = SearchRequest.ofSuggestion(ctx.queryParamMap());
    answer(ctx, () -> body(suggested(request)));
  }

  private interface Making {
    FirstLetters.Body make() throws NotReadyException, IOException;
  }

  private static void answer(Context ctx, Making making) {
    try {
      FirstLetters.Body body = making.make();
      Answers.cacheable(ctx, body.json(), body.tag(), MAX_AGE);
    } catch (NotReadyException e) {
      throw Problem.unavailable(
          "Search is not there at the moment: " + e.getMessage(), RETRY_AFTER);
    } catch (IOException e) {
      throw Problem.unavailable("The search index cannot be read at the moment", RETRY_AFTER);
    }
  }

  private static FirstLetters.Body body(Answer answer) {
    byte[] json = Answers.json(answer);
    return new FirstLetters.Body(json, Answers.tag(json));
  }

  private FirstLetters.Body found(SearchRequest request) throws NotReadyException, IOException {
    FirstLetters.Body known = firstLetters.find(request);
    if (known != null) {
      return known;
    }
    FirstLetters.Body body = body(ranked(request));
    firstLetters.keep(request, body);
    return body;
  }

  private Answer ranked(SearchRequest request) throws NotReadyException, IOException {
    int from = request.cursor() instanceof SearchCursor.AtRank at ? at.rank() : 0;
    Search.Query query =
        new Search.Query(
            request.words(), request.kinds(), request.country(), from, request.limit());
    Instant now = clock.instant();
    Search.Found found = index.read(searcher -> Search.find(searcher, query, now));
    Highlights highlights = new Highlights(request.words());
    List<HitView> hits =
        found.hits().stream()
            .map(hit -> view(hit.card(), hit.available(), highlights.of(hit.card())))
            .toList();
    return new Answer(
        hits, found.more() ? new SearchCursor.AtRank(from + hits.size()).text() : null);
  }

  private Answer suggested(SearchRequest request) throws NotReadyException, IOException {
    Instant now = clock.instant();
    List<Hit> hits =
        index.read(
            searcher ->
                Search.mostPopular(
                    searcher, request.kinds(), request.country(), request.limit(), now));
    return new Answer(
        hits.stream().map(hit -> view(hit.card(), hit.available(), List.of())).toList(), null);
  }

  /** All that there is, page by page, as the catalogue has it at that moment. */
  private Answer everything(SearchRequest request) throws NotReadyException {
    SearchCursor.AfterThing at =
        request.cursor() instanceof SearchCursor.AfterThing after
            ? after
            : new SearchCursor.AfterThing(Kind.ARTIST, null);
    List<HitView> hits = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (request.kinds().contains(kind) && kind.compareTo(at.kind()) >= 0) {
        UUID after = kind == at.kind() ? at.id() : null;
        for (Card card : entries.after(kind, after, request.limit() - hits.size())) {
          hits.add(view(card, card.isAvailableIn(request.country()), List.of()));
          at = new SearchCursor.AfterThing(kind, card.id());
        }
        if (hits.size() == request.limit()) {
          return new Answer(hits, at.text());
        }
      }
    }
    return new Answer(hits, null);
  }

  private static HitView view(Card card, boolean available, List<Highlights.Span> highlights) {
    return new HitView(
        card.kind().key(),
        card.kind() == Kind.ARTIST ? new ArtistView(card.id(), card.name(), card.genres()) : null,
        card.kind() == Kind.ALBUM
            ? new AlbumView(
                card.id(), card.name(), artists(card), card.releaseDate(), card.coverUrl())
            : null,
        card.kind() == Kind.TRACK ? track(card) : null,
        available,
        highlights);
  }

  private static TrackView track(Card card) {
    Card.Named album = card.album();
    return new TrackView(
        card.id(),
        card.name(),
        artists(card),
        album == null
            ? null
            : new NamedAlbum(album.id(), album.name(), card.releaseDate(), card.coverUrl()),
        card.durationMillis(),
        card.explicit());
  }

  private static List<NamedArtist> artists(Card card) {
    return card.credits().stream()
        .map(artist -> new NamedArtist(artist.id(), artist.name()))
        .toList();
  }
}
