package io.downbeat.ingest.catalog;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.downbeat.ingest.catalog.CatalogEntry.Type;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.json.Json;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.ingest.json.Utf8;
import io.downbeat.schemas.avro.Album;
import io.downbeat.schemas.avro.Artist;
import io.downbeat.schemas.avro.ArtistRole;
import io.downbeat.schemas.avro.Track;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of {@code POST /v1/catalog}, each an artist, an album or a track, or that one of them
 * is withdrawn. Not thread-safe.
 */
final class CatalogLine {

  private enum Kind {
    ARTIST(
        Type.ARTIST,
        "an artist",
        "artist_id",
        Set.of("type", "artist_id", "withdrawn", "name", "genres", "bio", "musicbrainz_id")),
    ALBUM(
        Type.ALBUM,
        "an album",
        "album_id",
        Set.of(
            "type",
            "album_id",
            "withdrawn",
            "title",
            "artist_ids",
            "genres",
            "release_date",
            "total_tracks",
            "cover_url",
            "musicbrainz_id")),
    TRACK(
        Type.TRACK,
        "a track",
        "track_id",
        Set.of(
            "type",
            "track_id",
            "withdrawn",
            "title",
            "artist_ids",
            "artist_roles",
            "album_id",
            "genres",
            "duration_millis",
            "disc_number",
            "track_number",
            "explicit",
            "countries",
            "isrc",
            "sound",
            "musicbrainz_id"));

    private final Type type;
    private final String noun;
    private final String id;
    private final Set<String> fields;

    Kind(Type type, String noun, String id, Set<String> fields) {
      this.type = type;
      this.noun = noun;
      this.id = id;
      this.fields = fields;
    }
  }

  private static final Map<String, Kind> KINDS =
      Map.of("artist", Kind.ARTIST, "album", Kind.ALBUM, "track", Kind.TRACK);
  private static final Map<String, ArtistRole> ROLES =
      Map.of(
          "main", ArtistRole.MAIN,
          "featured", ArtistRole.FEATURED,
          "remixer", ArtistRole.REMIXER,
          "composer", ArtistRole.COMPOSER);
  private static final Pattern RELEASE_DATE = Pattern.compile("\\d{4}(-\\d\\d(-\\d\\d)?)?");
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");

  /** ISO 3901: country, registrant, year and number, with all hyphens or none. */
  private static final Pattern ISRC =
      Pattern.compile(
          "[A-Za-z]{2}[A-Za-z0-9]{3}[0-9]{7}|[A-Za-z]{2}-[A-Za-z0-9]{3}-[0-9]{2}-[0-9]{5}");

  private static final Pattern SOUND = Pattern.compile("[0-9a-f]{32}");

  /** One of the platform's own, by its content and its width. */
  private static final Pattern COVER = Pattern.compile("/covers/[0-9a-f]{32}/[0-9]{2,4}\\.jpg");

  private static final int LONGEST_NAME = 1_000;
  private static final int LONGEST_BIO = 20_000;
  private static final int LONGEST_URL = 2_000;
  private static final int MOST_ARTISTS = 50;
  private static final int MOST_GENRES = 30;
  private static final int LONGEST_GENRE = 100;
  private static final int MOST_COUNTRIES = 250;

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
    Kind type = null;
    UUID artistId = null;
    UUID albumId = null;
    UUID trackId = null;
    Boolean withdrawn = null;
    String name = null;
    String title = null;
    List<UUID> artistIds = List.of();
    List<ArtistRole> artistRoles = List.of();
    List<String> genres = List.of();
    String bio = null;
    String releaseDate = null;
    Long totalTracks = null;
    String coverUrl = null;
    Long durationMillis = null;
    Long discNumber = null;
    Long trackNumber = null;
    Boolean explicit = null;
    List<String> countries = null;
    String isrc = null;
    String sound = null;
    UUID musicbrainzId = null;

    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "type" -> type = fields.oneOf(KINDS, "one of artist, album, track");
        case "artist_id" -> artistId = fields.uuid();
        case "album_id" -> albumId = fields.uuid();
        case "track_id" -> trackId = fields.uuid();
        case "withdrawn" -> withdrawn = fields.truth();
        case "name" -> name = fields.name(LONGEST_NAME);
        case "title" -> title = fields.name(LONGEST_NAME);
        case "artist_ids" -> artistIds = fields.uuids(MOST_ARTISTS);
        case "artist_roles" ->
            artistRoles =
                fields.eachOneOf(MOST_ARTISTS, ROLES, "one of main, featured, remixer, composer");
        case "genres" -> genres = fields.names(MOST_GENRES, LONGEST_GENRE);
        case "bio" -> bio = fields.prose(LONGEST_BIO);
        case "release_date" -> releaseDate = releaseDate(fields);
        case "total_tracks" -> totalTracks = fields.wholeNumber(0, Integer.MAX_VALUE);
        case "cover_url" -> coverUrl = url(fields);
        case "duration_millis" -> durationMillis = fields.wholeNumber(0, Long.MAX_VALUE);
        case "disc_number" -> discNumber = fields.wholeNumber(0, Integer.MAX_VALUE);
        case "track_number" -> trackNumber = fields.wholeNumber(0, Integer.MAX_VALUE);
        case "explicit" -> explicit = fields.truth();
        case "countries" ->
            countries =
                fields.texts(MOST_COUNTRIES, COUNTRY, "two capital letters (ISO 3166-1 alpha-2)");
        case "isrc" -> isrc = isrc(fields);
        case "sound" -> sound = fields.text(SOUND, "32 hexadecimal digits in small letters");
        case "musicbrainz_id" -> musicbrainzId = fields.uuid();
        default -> throw fields.unknown();
      }
    }
    Kind known = fields.required("type", type);
    for (String field : fields.seen()) {
      if (!known.fields.contains(field)) {
        throw new RefusedException(new Refusal(field, null, "not a field of " + known.noun));
      }
    }
    if (withdrawn != null && withdrawn) {
      UUID id =
          switch (known) {
            case ARTIST -> artistId;
            case ALBUM -> albumId;
            case TRACK -> trackId;
          };
      return withdrawn(known, fields.required(known.id, id), fields.seen());
    }
    if (artistRoles.size() > artistIds.size()) {
      throw new RefusedException(
          new Refusal(
              "artist_roles",
              "%d roles".formatted(artistRoles.size()),
              "at most as many as artist_ids, which are " + artistIds.size()));
    }
    return switch (known) {
      case ARTIST ->
          new CatalogEntry.OfArtist(
              new Artist(
                  fields.required("artist_id", artistId),
                  fields.required("name", name),
                  genres,
                  bio,
                  musicbrainzId,
                  updatedAt));
      case ALBUM ->
          new CatalogEntry.OfAlbum(
              new Album(
                  fields.required("album_id", albumId),
                  fields.required("title", title),
                  firstOfEach(artistIds, artistIds),
                  genres,
                  releaseDate,
                  toInt(totalTracks),
                  coverUrl,
                  musicbrainzId,
                  updatedAt));
      case TRACK ->
          new CatalogEntry.OfTrack(
              new Track(
                  fields.required("track_id", trackId),
                  fields.required("title", title),
                  firstOfEach(artistIds, artistIds),
                  firstOfEach(artistIds, artistRoles),
                  albumId,
                  genres,
                  durationMillis,
                  toInt(discNumber),
                  toInt(trackNumber),
                  explicit != null && explicit,
                  countries,
                  isrc,
                  sound,
                  musicbrainzId,
                  updatedAt));
    };
  }

  private static CatalogEntry withdrawn(Kind kind, UUID id, Set<String> seen)
      throws RefusedException {
    for (String field : seen) {
      if (!field.equals("type") && !field.equals(kind.id) && !field.equals("withdrawn")) {
        throw new RefusedException(
            new Refusal(field, null, "left out where " + kind.noun + " is withdrawn"));
      }
    }
    return new CatalogEntry.Withdrawn(kind.type, id);
  }

  /** What stands at the place where each id stands first: an artist has one role. */
  private static <T> List<T> firstOfEach(List<UUID> ids, List<T> each) {
    if (Set.copyOf(ids).size() == ids.size()) {
      return each;
    }
    Set<UUID> seen = new HashSet<>();
    List<T> first = new ArrayList<>();
    for (int i = 0; i < each.size(); i++) {
      if (seen.add(ids.get(i))) {
        first.add(each.get(i));
      }
    }
    return first;
  }

  private static @Nullable Integer toInt(@Nullable Long number) {
    return number == null ? null : number.intValue();
  }

  private static @Nullable String isrc(Fields fields) throws IOException, RefusedException {
    String text = fields.text(ISRC, "an ISRC: CC-XXX-YY-NNNNN, with or without the hyphens");
    return text == null ? null : text.replace("-", "").toUpperCase(Locale.ROOT);
  }

  private static @Nullable String url(Fields fields) throws IOException, RefusedException {
    String text = fields.text(LONGEST_URL);
    if (text != null && !COVER.matcher(text).matches() && !isWebAddress(text)) {
      throw fields.refused("an absolute URL, http or https, or a cover's path here");
    }
    return text;
  }

  private static boolean isWebAddress(String text) {
    try {
      URI uri = new URI(text);
      return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
          && uri.getHost() != null
          && text.chars().allMatch(c -> c < 0x80);
    } catch (URISyntaxException e) {
      return false;
    }
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
