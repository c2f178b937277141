package io.downbeat.local.run.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private final Catalogue catalogue = new Catalogue(1, 6_000);

  @Test
  void theSameSeedGivesTheSameLines() {
    assertThat(catalogue.lines().toList()).isEqualTo(new Catalogue(1, 6_000).lines().toList());
    assertThat(catalogue.lines().toList())
        .doesNotContainAnyElementsOf(new Catalogue(2, 100).lines().toList());
  }

  @Test
  void namesOfArtistsAndIdsAreEachOnlyThereOnce() {
    List<Artist> artists = catalogue.artists().toList();

    assertThat(artists.stream().map(artist -> artist.name().toLowerCase(Locale.ROOT)))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[a-z&' ]{3,60}"));
    assertThat(catalogue.tracks().map(Track::id)).doesNotHaveDuplicates();
    assertThat(catalogue.albums().map(Album::id)).doesNotHaveDuplicates();
  }

  @Test
  void anAlbumHasItsTracksInOrderAndNoTitleTwice() {
    assertThat(catalogue.albums())
        .allSatisfy(
            album -> {
              List<Track> tracks = catalogue.of(album);
              assertThat(tracks.stream().map(Track::number))
                  .containsExactlyElementsOf(
                      IntStream.rangeClosed(1, album.totalTracks()).boxed().toList());
              assertThat(tracks.stream().map(Track::title)).doesNotHaveDuplicates();
            });
  }

  @Test
  void someTracksHaveGuestsOfTheirGenre() {
    List<Track> withGuests = catalogue.tracks().filter(track -> !track.guests().isEmpty()).toList();

    assertThat(withGuests.size()).isBetween(catalogue.size() / 20, catalogue.size() / 7);
    assertThat(withGuests)
        .allSatisfy(
            track -> {
              assertThat(track.artistIds()).doesNotHaveDuplicates();
              assertThat(track.guests()).extracting(Artist::genre).containsOnly(track.genre());
            });
  }

  @Test
  void someAlbumsAreNotOutEverywhere() {
    long limited = catalogue.albums().filter(album -> album.countries() != null).count();

    assertThat((double) limited / catalogue.albums().count()).isBetween(0.01, 0.1);
  }

  @Test
  void everyTrackHasAnIsrcOfItsOwn() {
    assertThat(catalogue.tracks().map(Track::isrc))
        .doesNotHaveDuplicates()
        .allMatch(isrc -> isrc.matches("ZZ[A-Z0-9]{3}[0-9]{7}"));
  }

  @Test
  void tracksAreAsLongAsTracksAre() {
    assertThat(catalogue.tracks())
        .allSatisfy(track -> assertThat(track.durationMillis()).isBetween(60_000, 900_000));
    assertThat(catalogue.tracks().mapToInt(Track::durationMillis).average().orElseThrow())
        .isBetween(200_000.0, 300_000.0);
  }

  @Test
  void everySceneOfEveryGenreHasTracks() {
    Set<String> scenes =
        catalogue
            .artists()
            .map(artist -> artist.genre() + " " + artist.scene())
            .collect(Collectors.toSet());

    assertThat(scenes).hasSize(Genre.values().length * Catalogue.SCENES);
  }

  @Test
  void aThingIsSentBeforeWhatNamesIt() throws Exception {
    List<String> seen = new ArrayList<>();
    for (String line : catalogue.lines().toList()) {
      JsonNode json = Json.MAPPER.readTree(line);
      String type = json.path("type").asText();
      json.path("artist_ids").forEach(id -> assertThat(seen).contains(id.asText()));
      if (type.equals("artist")) {
        seen.add(json.path("artist_id").asText());
      }
    }
    assertThat(seen).hasSize((int) catalogue.artists().count());
  }
}
