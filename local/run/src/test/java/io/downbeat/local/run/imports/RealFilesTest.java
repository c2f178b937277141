package io.downbeat.local.run.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.Json;
import io.downbeat.local.run.api.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The real files, where they are; what is expected is counted here, from the files' lines. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealFilesTest {

  private static final String PLAYS = "plays/triplej_plays_2012_2014.tsv.gz";
  private static final String CATALOGUE = "catalogue/triplej_catalogue.tsv.gz";
  private static final String STREAMING = "catalogue/spotify_catalogue_20k.tsv.gz";

  @Test
  void everyPlayWithALengthIsMappedToAPlayOfItsOwn() throws IOException {
    List<Map<String, String>> lines = lines(PLAYS);
    long withLength = lines.stream().filter(line -> !line.get("duration_s").equals("0")).count();
    long seconds = lines.stream().mapToLong(line -> Long.parseLong(line.get("duration_s"))).sum();
    Set<String> programs = new HashSet<>();
    lines.forEach(line -> programs.add(line.get("program").strip()));

    Set<String> playIds = new HashSet<>();
    Set<String> listeners = new HashSet<>();
    long millis = 0;
    long refused = 0;
    Instant last = Instant.MIN;
    for (Row row : rows(PLAYS, Kind.PLAYS)) {
      if (row instanceof Row.Mapped mapped) {
        JsonNode play = Json.MAPPER.readTree(mapped.json().get(0));
        playIds.add(play.get("play_id").asText());
        listeners.add(play.get("user_id").asText());
        millis += play.get("played_millis").asLong();
        last = Instant.parse(play.get("started_at").asText());
      } else {
        assertThat(lines.get((int) row.line() - 2).get("duration_s")).isEqualTo("0");
        refused++;
      }
    }

    assertThat(playIds).hasSize((int) withLength);
    assertThat(withLength + refused).isEqualTo(lines.size()).isEqualTo(134_948);
    assertThat(refused).isEqualTo(5);
    assertThat(millis).isEqualTo(seconds * 1000);
    assertThat(listeners).hasSameSizeAs(programs).hasSize(133);
    // Sydney is ten hours ahead at the end of September, before its clocks go forward.
    assertThat(last.plusSeconds(36_000).toString())
        .isEqualTo(lines.get(lines.size() - 1).get("local_time") + "Z");
  }

  /**
   * The radio's catalogue names each track once without regard to case and outer blanks: 15,607.
   * Its plays name 15,615 without regard to case alone, in eight of which the outer blanks differ.
   */
  @Test
  void theTracksOfThePlaysAreThoseOfTheCatalogue() throws IOException {
    Set<String> named = new HashSet<>();
    Set<String> namedWithBlanks = new HashSet<>();
    for (Map<String, String> line : lines(PLAYS)) {
      String name = (line.get("artist") + "\t" + line.get("track")).toLowerCase(Locale.ROOT);
      namedWithBlanks.add(name);
      named.add(
          (line.get("artist").strip() + "\t" + line.get("track").strip()).toLowerCase(Locale.ROOT));
    }
    Set<String> played = new HashSet<>();
    for (Row row : rows(PLAYS, Kind.PLAYS)) {
      if (row instanceof Row.Mapped mapped) {
        played.add(Json.MAPPER.readTree(mapped.json().get(0)).get("track_id").asText());
      }
    }

    Set<String> ofCatalogue = ids(CATALOGUE, "track");

    assertThat(ofCatalogue).hasSameSizeAs(lines(CATALOGUE)).hasSameSizeAs(named).hasSize(15_607);
    assertThat(namedWithBlanks).hasSize(15_615);
    assertThat(ofCatalogue).containsAll(played);
    assertThat(ids(PLAYS, "track")).isEqualTo(ofCatalogue);
    assertThat(ids(PLAYS, "artist")).isEqualTo(ids(CATALOGUE, "artist"));
  }

  @Test
  void streamingCatalogueIsWhole() throws IOException {
    List<Map<String, String>> lines = lines(STREAMING);
    Set<String> artists = new HashSet<>();
    Set<String> albums = new HashSet<>();
    for (Map<String, String> line : lines) {
      if (!line.get("artist").isBlank()) {
        artists.add(line.get("artist_id"));
      }
      albums.add(line.get("album_id"));
    }

    assertThat(ids(STREAMING, "track")).hasSameSizeAs(lines).hasSize(20_082);
    assertThat(ids(STREAMING, "artist")).hasSameSizeAs(artists);
    assertThat(ids(STREAMING, "album")).hasSameSizeAs(albums);
  }

  private static Set<String> ids(String file, String type) throws IOException {
    Set<String> ids = new HashSet<>();
    for (Row row : rows(file, Kind.CATALOG)) {
      assertThat(row).isInstanceOf(Row.Mapped.class);
      for (String json : ((Row.Mapped) row).json()) {
        JsonNode line = Json.MAPPER.readTree(json);
        if (line.get("type").asText().equals(type)) {
          ids.add(line.get(type + "_id").asText());
        }
      }
    }
    return ids;
  }

  private static List<Row> rows(String file, Kind kind) throws IOException {
    List<Row> all = new ArrayList<>();
    try (Rows rows = Formats.open(data().resolve(file), kind, null)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        all.add(row);
      }
    }
    return all;
  }

  private static List<Map<String, String>> lines(String file) throws IOException {
    List<Map<String, String>> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(data().resolve(file))), UTF_8))) {
      String[] header = reader.readLine().split("\t", -1);
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] cells = line.split("\t", -1);
        Map<String, String> byName = new LinkedHashMap<>();
        for (int i = 0; i < header.length; i++) {
          byName.put(header[i], cells[i]);
        }
        lines.add(byName);
      }
    }
    return lines;
  }

  /** System property downbeat.shared-data, or shared/data beside the checkout. */
  private static Path data() {
    String named = System.getProperty("downbeat.shared-data");
    Path found = named == null ? null : Path.of(named);
    for (Path up = Path.of("").toAbsolutePath(); found == null && up != null; up = up.getParent()) {
      Path beside = up.resolve("shared").resolve("data");
      found = Files.isRegularFile(beside.resolve(PLAYS)) ? beside : null;
    }
    assumeTrue(
        found != null && Files.isRegularFile(found.resolve(PLAYS)),
        "Skipped: the real plays are not at shared/data beside the checkout (or -Ddownbeat.shared-data)");
    return found;
  }
}
