package io.downbeat.local.run.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import io.downbeat.local.run.sound.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AudioCatalogueTest {
  private static final String CONTENT = "0123456789abcdef".repeat(2);

  private final AudioCatalogue catalogue = new AudioCatalogue();

  private List<JsonNode> lines(String title, String album, int number, String cover)
      throws Exception {
    Tags tags =
        new Tags(
            title,
            "Mira",
            "Mira",
            album,
            "2019",
            number,
            0,
            List.of("folk"),
            "SEAB12012345",
            false);
    List<JsonNode> lines = new ArrayList<>();
    for (String line :
        catalogue.lines(
            new AudioCatalogue.Sound(
                tags, CONTENT, 1_234, Optional.of(cover).filter(url -> !url.isEmpty())))) {
      lines.add(Json.MAPPER.readTree(line));
    }
    return lines;
  }

  @Test
  void aTrackIsNamedAsARadiosPlaysNameIt() throws Exception {
    List<JsonNode> lines = lines("The Ferry", "First Light", 7, "/covers/x");

    assertThat(lines)
        .extracting(line -> line.path("type").asText())
        .containsExactly("artist", "album", "track");
    assertThat(lines.get(1).path("album_id").asText())
        .isEqualTo(ImportIds.album("Mira", "First Light").toString());
    assertThat(lines.get(1).path("cover_url").asText()).isEqualTo("/covers/x");
    JsonNode track = lines.get(2);
    assertThat(track.path("track_id").asText())
        .isEqualTo(ImportIds.track("Mira", "The Ferry").toString());
    assertThat(track.path("sound").asText()).isEqualTo(CONTENT);
    assertThat(track.path("duration_millis").asLong()).isEqualTo(1_234);
    assertThat(track.path("track_number").asInt()).isEqualTo(7);
  }

  @Test
  void theSameTitleAtAnotherPlaceIsAnotherTrackAndAtTheSamePlaceARepetition() throws Exception {
    lines("The Ferry", "First Light", 7, "");

    assertThat(lines("The Ferry", "First Light", 7, "")).isEmpty();
    List<JsonNode> best = lines("The Ferry", "Best of", 1, "");
    assertThat(best.get(best.size() - 1).path("track_id").asText())
        .isEqualTo(ImportIds.trackOfAlbum("Mira", "The Ferry", "Best of", 0, 1).toString());
    assertThat(lines("The Ferry", "Best of", 1, "")).isEmpty();
  }

  @Test
  void anAlbumIsToldAgainWhenItsCoverIsFound() throws Exception {
    lines("One", "First Light", 1, "");

    assertThat(lines("Two", "First Light", 2, "/covers/x"))
        .extracting(line -> line.path("type").asText())
        .containsExactly("album", "track");
    assertThat(lines("Three", "First Light", 3, "/covers/y"))
        .extracting(line -> line.path("type").asText())
        .containsExactly("track");
  }
}
