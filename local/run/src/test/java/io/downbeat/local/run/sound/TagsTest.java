package io.downbeat.local.run.sound;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TagsTest {

  private static Tags tags(String path, Map<String, String> tags) {
    return Tags.of(
        new Probe(Duration.ofSeconds(10), 44_100, false, false, tags, false), Path.of(path));
  }

  @Test
  void tagsSayWhatATrackIs() {
    assertThat(
            tags(
                "x/y.ogg",
                Map.of(
                    "title",
                    "Awakening",
                    "artist",
                    "Maxstack",
                    "album",
                    "Endgame",
                    "album_artist",
                    "Various",
                    "date",
                    "2012-12-15T00:00",
                    "track",
                    "3/12",
                    "disc",
                    "1",
                    "genre",
                    "Ambient; Electronic",
                    "isrc",
                    "se-ab1-20-12345")))
        .isEqualTo(
            new Tags(
                "Awakening",
                "Maxstack",
                "Various",
                "Endgame",
                "2012-12-15",
                3,
                1,
                List.of("ambient", "electronic"),
                "SEAB12012345",
                false));
  }

  @Test
  void whatIsNotTaggedIsTakenFromThePath() {
    Tags tags = tags("Mira/First Light/2-07 - The Ferry.flac", Map.of());
    assertThat(tags.title()).isEqualTo("The Ferry");
    assertThat(tags.artist()).isEqualTo("Mira");
    assertThat(tags.albumArtist()).isEqualTo("Mira");
    assertThat(tags.album()).isEqualTo("First Light");
    assertThat(tags.number()).isEqualTo(7);
    assertThat(tags.disc()).isEqualTo(2);
    assertThat(tags.fromPath()).isTrue();
  }

  @Test
  void aFileByItselfHasItsNameAlone() {
    Tags tags = tags("machine_wars.mp3", Map.of());
    assertThat(tags.title()).isEqualTo("machine_wars");
    assertThat(tags.artist()).isEmpty();
    assertThat(tags.album()).isEmpty();
    assertThat(tags.number()).isZero();
  }

  @Test
  void whatIsNoNumberDateOrIsrcIsUnknown() {
    Tags tags =
        tags("a.mp3", Map.of("track", "B2", "date", "last summer", "isrc", "none", "disc", ""));
    assertThat(tags.number()).isZero();
    assertThat(tags.disc()).isZero();
    assertThat(tags.date()).isEmpty();
    assertThat(tags.isrc()).isEmpty();
  }

  @Test
  void hostileTagsAreCleanedAndCutToWhatTheCatalogueTakes() {
    Tags tags =
        tags(
            "Mira/First Light/07 The Ferry.flac",
            Map.of(
                "title", "\u266b".repeat(999) + "\ud83c\udfb5",
                "artist", "\u0000a\u0007b\nc\ud800",
                "album", " \t\u0001 ",
                "genre", "x".repeat(200) + (";g".repeat(3)) + manyGenres(),
                "date", "2019-13-45"));

    assertThat(tags.title()).isEqualTo("\u266b".repeat(999));
    assertThat(tags.artist()).isEqualTo("a b c\ufffd");
    assertThat(tags.album()).isEqualTo("First Light");
    assertThat(tags.genres()).hasSize(30).contains("x".repeat(100), "g", "genre 1");
    assertThat(tags.date()).isEqualTo("2019");
  }

  private static String manyGenres() {
    return IntStream.range(0, 100).mapToObj(i -> ";genre " + i).collect(Collectors.joining());
  }

  @Test
  void datesAreAsPreciseAsTheyExist() {
    assertThat(tags("a.mp3", Map.of("date", "2019-02-30")).date()).isEqualTo("2019-02");
    assertThat(tags("a.mp3", Map.of("date", "2019-00-00")).date()).isEqualTo("2019");
    assertThat(tags("a.mp3", Map.of("year", "1999")).date()).isEqualTo("1999");
  }

  @Test
  void aCompilationWithoutAnArtistIsOfVariousArtists() {
    Tags tags = tags("a.mp3", Map.of("artist", "Mira", "album", "Sampler", "compilation", "1"));
    assertThat(tags.artist()).isEqualTo("Mira");
    assertThat(tags.albumArtist()).isEqualTo("Various Artists");
  }
}
