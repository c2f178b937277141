package io.downbeat.ingest.catalog;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.json.Json;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.ingest.json.Utf8;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.Track;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of {@code POST /v1/catalog}, each an artist, an album or a track. Not thread-safe.
 */
final class CatalogLine {

  private enum Type {
    ARTIST("an artist", Set.of("type", "artist_id", "name", "genres")),
    ALBUM(
        "an album",
        Set.of("type", "album_id", "title", "artist_ids", "release_date", "total_tracks")),
    TRACK(
        "a track",
        Set.of(
            "type",
            "track_id",
            "title",
            "artist_ids",
            "album_id",
            "genres",
            "duration_millis",
            "track_number",
            "explicit"));

    private final String noun;
    private final Set<String> fields;

    Type(String noun, Set<String> fields) {
      this.noun = noun;
      this.fields = fields;
    }
  }

  private static final Map<String, Type> TYPES =
      Map.of("artist", Type.ARTIST, "album", Type.ALBUM, "track", Type.TRACK);
  private static final Pattern RELEASE_DATE = Pattern.compile("\\d{4}(-\\d\\d(-\\d\\d)?)?");
  private static final int LONGEST_NAME = 1_000;
  private static final int MOST_ARTISTS = 50;
  private static final int MOST_GENRES = 30;
  private static final int LONGEST_GENRE = 100;

  private final Utf8 utf8;

  /**
   * @param mostBytes of a line
   */
  CatalogLine(int mostBytes) {
    this.utf8 = new Utf8(mostBytes);
  }

  CatalogEntry read(byte[] bytes, int offset, int length, Instant updatedAt)
      throws RefusedException {
    try (JsonParser parser = Json.parser(utf8.decode(bytes, offset, length))) {
      parser.nextToken();
      CatalogEntry entry = entry(Fields.of(parser), updatedAt);
      if (parser.nextToken() != null) {
        throw refused("one JSON object; something follows it");
      }
      return entry;
    } catch (CharacterCodingException e) {
      throw refused("UTF-8");
    } catch (JsonProcessingException e) {
      throw refused("JSON; it is wrong at column " + e.getLocation().getColumnNr());
    } catch (IOException e) {
      throw refused("JSON");
    }
  }

  private static CatalogEntry entry(Fields fields, Instant updatedAt)
      throws IOException, RefusedException {
    Type type = null;
    UUID artistId = null;
    UUID albumId = null;
    UUID trackId = null;
    String name = null;
    String title = null;
    List<UUID> artistIds = List.of();
    List<String> genres = List.of();
    String releaseDate = null;
    Long totalTracks = null;
    Long durationMillis = null;
    Long trackNumber = null;
    Boolean explicit = null;

    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "type" -> type = fields.oneOf(TYPES, "one of artist, album, track");
        case "artist_id" -> artistId = fields.uuid();
        case "album_id" -> albumId = fields.uuid();
        case "track_id" -> trackId = fields.uuid();
        case "name" -> name = fields.name(LONGEST_NAME);
        case "title" -> title = fields.name(LONGEST_NAME);
        case "artist_ids" -> artistIds = fields.uuids(MOST_ARTISTS);
        case "genres" -> genres = fields.names(MOST_GENRES, LONGEST_GENRE);
        case "release_date" -> releaseDate = releaseDate(fields);
        case "total_tracks" -> totalTracks = fields.wholeNumber(0, Integer.MAX_VALUE);
        case "duration_millis" -> durationMillis = fields.wholeNumber(0, Long.MAX_VALUE);
        case "track_number" -> trackNumber = fields.wholeNumber(0, Integer.MAX_VALUE);
        case "explicit" -> explicit = fields.truth();
        default -> throw fields.unknown();
      }
    }
    Type known = fields.required("type", type);
    for (String field : fields.seen()) {
      if (!known.fields.contains(field)) {
        throw new RefusedException(new Refusal(field, null, "not a field of " + known.noun));
      }
    }
    return switch (known) {
      case ARTIST ->
          new CatalogEntry.OfArtist(
              new Artist(
                  fields.required("artist_id", artistId),
                  fields.required("name", name),
                  genres,
                  updatedAt));
      case ALBUM ->
          new CatalogEntry.OfAlbum(
              new Album(
                  fields.required("album_id", albumId),
                  fields.required("title", title),
                  artistIds,
                  releaseDate,
                  totalTracks == null ? null : totalTracks.intValue(),
                  updatedAt));
      case TRACK ->
          new CatalogEntry.OfTrack(
              new Track(
                  fields.required("track_id", trackId),
                  fields.required("title", title),
                  artistIds,
                  albumId,
                  genres,
                  durationMillis,
                  trackNumber == null ? null : trackNumber.intValue(),
                  explicit != null && explicit,
                  updatedAt));
    };
  }

  private static @Nullable String releaseDate(Fields fields) throws IOException, RefusedException {
    String text = fields.text(RELEASE_DATE, "YYYY, YYYY-MM or YYYY-MM-DD");
    if (text != null) {
      try {
        LocalDate.parse(text + "-01-01".substring(text.length() - 4));
      } catch (DateTimeException e) {
        throw fields.refused("a date that exists");
      }
    }
    return text;
  }

  private static RefusedException refused(String reason) {
    return new RefusedException(new Refusal("", null, reason));
  }
}
