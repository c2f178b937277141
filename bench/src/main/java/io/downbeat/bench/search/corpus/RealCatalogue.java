package io.downbeat.bench.search.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The real catalogues of {@code shared/data}, as they are: read where they lie, never copied. */
public record RealCatalogue(List<Track> streamed, List<Track> broadcast) {
  private static final String STREAMED = "spotify_catalogue_20k.tsv.gz";
  private static final String BROADCAST = "triplej_catalogue.tsv.gz";

  private static final Pattern CONTROLS = Pattern.compile("\\p{Cc}");

  /**
   * @param artist empty where it is not said
   * @param album empty where it is not said
   * @param popularity 0 to 100 of a streamed track; plays of a broadcast one
   */
  public record Track(String title, String artist, String album, int popularity) {}

  public RealCatalogue {
    streamed = List.copyOf(streamed);
    broadcast = List.copyOf(broadcast);
  }

  /** Why it can't be read there; empty if nothing is missing. */
  public static Optional<String> obstacle(Path directory) {
    return Stream.of(STREAMED, BROADCAST)
        .map(directory::resolve)
        .filter(file -> !Files.exists(file))
        .findFirst()
        .map(
            file ->
                "Cannot measure search: %s is not there. Names are learned from the real catalogues of shared/data/catalogue, which lies beside the checkout; --names says another place."
                    .formatted(file.toAbsolutePath().normalize()));
  }

  public static RealCatalogue read(Path directory) throws IOException {
    return new RealCatalogue(
        tracks(directory.resolve(STREAMED), List.of("title", "artist", "album", "popularity")),
        tracks(directory.resolve(BROADCAST), List.of("title", "artist", "album", "plays")));
  }

  private static List<Track> tracks(Path file, List<String> columns) throws IOException {
    List<Track> all = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
      List<String> header = List.of(String.valueOf(lines.readLine()).split("\t"));
      int[] at = columns.stream().mapToInt(header::indexOf).toArray();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("\t", -1);
        if (fields.length == header.size() && !fields[at[0]].isBlank()) {
          all.add(
              new Track(
                  readable(fields[at[0]]),
                  readable(fields[at[1]]),
                  readable(fields[at[2]]),
                  fields[at[3]].isEmpty() ? 0 : (int) Double.parseDouble(fields[at[3]])));
        }
      }
    }
    return all;
  }

  /** Some names hold control characters, which no catalogue takes. */
  private static String readable(String name) {
    return CONTROLS.matcher(name).replaceAll("").strip();
  }
}
