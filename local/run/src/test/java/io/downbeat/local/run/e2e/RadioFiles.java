package io.downbeat.local.run.e2e;

import io.downbeat.local.run.e2e.Recount.Credits;
import io.downbeat.local.run.imports.ImportIds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Two and a half years of a radio station: real plays and the catalogue of what was played. */
final class RadioFiles {
  private static final ZoneRules SYDNEY = ZoneId.of("Australia/Sydney").getRules();

  private final Path plays;
  private final Path catalogue;

  private RadioFiles(Path data) {
    this.plays = data.resolve("plays/triplej_plays_2012_2014.tsv.gz");
    this.catalogue = data.resolve("catalogue/triplej_catalogue.tsv.gz");
  }

  /** They lie beside the checkout, or where {@code downbeat.shared-data} says; or nowhere. */
  static Optional<RadioFiles> find() {
    Path here = Path.of("").toAbsolutePath();
    return Stream.concat(
            Stream.ofNullable(System.getProperty("downbeat.shared-data")).map(Path::of),
            Stream.iterate(here, path -> path != null, Path::getParent)
                .map(path -> path.resolve("shared/data")))
        .map(RadioFiles::new)
        .filter(files -> Files.exists(files.plays) && Files.exists(files.catalogue))
        .findFirst();
  }

  Path catalogue() {
    return catalogue;
  }

  /** The plays in that many files, each twentieth twice, shuffled within its day. */
  List<Path> shuffledPlays(Path directory, int files, Random random) throws IOException {
    List<String> lines = read(plays);
    Map<String, List<String>> days = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> day = days.computeIfAbsent(line.substring(0, 10), date -> new ArrayList<>());
      day.add(line);
      if (random.nextInt(20) == 0) {
        day.add(line);
      }
    }
    List<String> shuffled = new ArrayList<>();
    for (List<String> day : days.values()) {
      Collections.shuffle(day, random);
      shuffled.addAll(day);
    }
    List<Path> written = new ArrayList<>();
    for (List<String> part : Parts.of(shuffled, files)) {
      List<String> rows = new ArrayList<>(List.of(lines.get(0)));
      rows.addAll(part);
      written.add(Files.write(directory.resolve("radio-" + written.size() + ".tsv"), rows));
    }
    return written;
  }

  /**
   * @return how many rows have no duration, so that nobody can have heard them
   */
  int recount(Recount recount) throws IOException {
    Map<UUID, Credits> credits = new HashMap<>();
    for (String[] row : rows(catalogue)) {
      String title = row[0];
      String artist = row[1];
      String album = row[2];
      credits.put(
          ImportIds.track(artist, title),
          new Credits(
              artist.isBlank() ? List.of() : List.of(ImportIds.artist(artist)),
              album.isBlank() ? null : ImportIds.album(artist, album),
              List.of()));
    }
    int unheard = 0;
    for (String[] row : rows(plays)) {
      long seconds = row[5].isBlank() ? 0 : Long.parseLong(row[5].strip());
      if (seconds == 0) {
        unheard++;
        continue;
      }
      UUID track = ImportIds.track(row[2], row[3]);
      recount.add(
          ImportIds.listener(row[1]),
          track,
          instant(row[0]),
          seconds * 1_000,
          false,
          credits.get(track));
    }
    return unheard;
  }

  private static Instant instant(String local) {
    LocalDateTime time = LocalDateTime.parse(local);
    List<ZoneOffset> offsets = SYDNEY.getValidOffsets(time);
    if (offsets.isEmpty()) {
      var gap = SYDNEY.getTransition(time);
      return time.plus(gap.getDuration()).toInstant(gap.getOffsetAfter());
    }
    return offsets.stream().map(time::toInstant).min(Instant::compareTo).orElseThrow();
  }

  private static List<String[]> rows(Path file) throws IOException {
    return read(file).stream().skip(1).map(line -> line.split("\t", -1)).toList();
  }

  private static List<String> read(Path file) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
