package io.downbeat.bench.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.downbeat.schemas.avro.ArtistRole;
import io.downbeat.schemas.avro.Track;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Invented tracks with all that a track may have, each with a number in its id; as lines, and as
 * what must be in the log.
 */
final class TrackLines {
  private static final List<String> WORDS =
      List.of(
          "night",
          "River",
          "über",
          "Love",
          "(Remastered 2011)",
          "golden",
          "Señorita",
          "Part II",
          "the",
          "of",
          "Summer",
          "夜に駆ける",
          "Blues",
          "don't",
          "Stop",
          "Little");
  private static final List<String> GENRES =
      List.of("indie rock", "shoegaze", "hip hop", "k-pop", "jazz", "Neue Deutsche Welle");
  private static final List<String> COUNTRIES =
      List.of("AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "DE", "DK", "ES", "FI", "FR", "GB");

  private TrackLines() {}

  /**
   * @param from number of the first
   * @return bytes written
   */
  static long write(Path file, int from, int tracks) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      for (int n = from; n < from + tracks; n++) {
        out.write(line(track(n)).getBytes(UTF_8));
      }
    }
    return Files.size(file);
  }

  static UUID id(int n) {
    return new UUID(mix(n) & ~0xF000L | 0x4000L, Long.MIN_VALUE | n);
  }

  static int number(UUID id) {
    return (int) id.getLeastSignificantBits();
  }

  /** As the log has it, but for the time. */
  static Track track(int n) {
    long dice = mix(n);
    int artists = (dice & 7) == 0 ? 2 : 1;
    return Track.newBuilder()
        .setTrackId(id(n))
        .setTitle(
            IntStream.range(0, 2 + (int) (dice >>> 8 & 3))
                .mapToObj(i -> WORDS.get((int) (dice >>> 12 + 4 * i & 15)))
                .collect(Collectors.joining(" ")))
        .setArtistIds(
            IntStream.range(0, artists).mapToObj(i -> new UUID(mix(n / 10 + i), 7)).toList())
        .setArtistRoles(
            artists == 2 ? List.of(ArtistRole.MAIN, ArtistRole.FEATURED) : List.of(ArtistRole.MAIN))
        .setAlbumId(new UUID(mix(n / 10), 8))
        .setGenres(List.of(GENRES.get((n / 10) % 5), GENRES.get(5)))
        .setDurationMillis(120_000 + (dice >>> 30 & 0x1FFFF))
        .setDiscNumber(1)
        .setTrackNumber(n % 10 + 1)
        .setExplicit((dice >>> 28 & 3) == 0)
        .setCountries(COUNTRIES.subList(0, 4 + n % 10))
        .setIsrc("ZZA%02d%02d%05d".formatted(n / 100_000 % 100, n % 30, n % 100_000))
        .setMusicbrainzId(new UUID(mix(n + 1L), 9))
        .setUpdatedAt(Instant.EPOCH)
        .build();
  }

  private static String line(Track track) {
    StringBuilder line = new StringBuilder(800);
    line.append("{\"type\":\"track\",\"track_id\":\"").append(track.getTrackId());
    line.append("\",\"title\":\"").append(track.getTitle());
    line.append("\",\"artist_ids\":").append(texts(track.getArtistIds()));
    line.append(",\"artist_roles\":")
        .append(
            texts(
                track.getArtistRoles().stream()
                    .map(role -> role.name().toLowerCase(Locale.ROOT))
                    .toList()));
    line.append(",\"album_id\":\"").append(track.getAlbumId());
    line.append("\",\"genres\":").append(texts(track.getGenres()));
    line.append(",\"duration_millis\":").append(track.getDurationMillis());
    line.append(",\"disc_number\":").append(track.getDiscNumber());
    line.append(",\"track_number\":").append(track.getTrackNumber());
    line.append(",\"explicit\":").append(track.getExplicit());
    line.append(",\"countries\":").append(texts(track.getCountries()));
    line.append(",\"isrc\":\"").append(track.getIsrc());
    line.append("\",\"musicbrainz_id\":\"").append(track.getMusicbrainzId());
    return line.append("\"}\n").toString();
  }

  private static String texts(List<?> texts) {
    return texts.stream()
        .map(text -> '"' + text.toString() + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static long mix(long value) {
    long z = (value + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    return z ^ (z >>> 27);
  }
}
