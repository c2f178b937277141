package io.downbeat.bench.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Queries with their right answers, made by rule from a catalogue: nobody's opinion is in them. The
 * same seed makes the same.
 */
final class Queries {
  private static final int PREFIX_LETTERS = 4;
  private static final int LEFT_OUT = 2;

  /** What a search box takes: the API refuses more. */
  static final int LONGEST = 200;

  private final RealThings things;
  private final int most;
  private final long seed;

  /**
   * @param right another release of the same song is right as well
   */
  record Judged(String query, Thing right) {}

  /**
   * @param most queries of a set
   */
  Queries(RealThings things, int most, long seed) {
    this.things = things;
    this.most = most;
    this.seed = seed;
  }

  /** By name of the set, in the order of the report. */
  Map<String, List<Judged>> all() {
    Map<String, List<Judged>> all = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(seed);
    all.put("full", ofTracks(track -> Optional.of(full(track))));
    all.put("typo", ofTracks(track -> Typo.in(full(track), random)));
    all.put("swapped", ofTracks(track -> Optional.of(artist(track) + " " + track.title())));
    all.put("unaccented", ofTracks(Queries::unaccented));
    all.put("artist_prefix", artistPrefixes(true));
    all.put("title_prefix", ofTracks(Queries::titlePrefix));
    all.put("rare_artist_prefix", artistPrefixes(false));
    return all;
  }

  private List<Judged> ofTracks(Function<Thing, Optional<String>> query) {
    List<Thing> tracks = new ArrayList<>(things.streamed());
    Collections.shuffle(tracks, new Random(seed));
    List<Judged> judged = new ArrayList<>();
    Set<String> asked = new HashSet<>();
    for (Thing track : tracks) {
      if (judged.size() < most && !track.artists().isEmpty()) {
        query
            .apply(track)
            .filter(each -> each.length() <= LONGEST)
            .filter(each -> asked.add(each.toLowerCase(Locale.ROOT)))
            .ifPresent(each -> judged.add(new Judged(each, track)));
      }
    }
    return judged;
  }

  private static String full(Thing track) {
    return track.title() + " " + artist(track);
  }

  private static String artist(Thing track) {
    return track.artists().get(0).name();
  }

  private static Optional<String> unaccented(Thing track) {
    String without = Text.withoutAccents(full(track));
    return without.equals(full(track)) ? Optional.empty() : Optional.of(without);
  }

  /** The title but its last two letters, behind the artist's first word. */
  private static Optional<String> titlePrefix(Thing track) {
    String title = Text.folded(track.title());
    List<String> artist = Text.words(artist(track));
    if (title.length() <= LEFT_OUT + 1 || artist.isEmpty()) {
      return Optional.empty();
    }
    String begun = title.substring(0, title.length() - LEFT_OUT).strip();
    return Optional.of(artist.get(0) + " " + begun);
  }

  /**
   * Of the artists whose names begin with these four letters, the most popular is right; where two
   * are, nobody can tell.
   *
   * @param streamed whether it is one of the streamed catalogue: the others have few streams
   */
  private List<Judged> artistPrefixes(boolean streamed) {
    Map<String, List<Thing>> byPrefix = new LinkedHashMap<>();
    for (Thing artist : things.artists()) {
      prefix(artist.title())
          .ifPresent(
              prefix -> byPrefix.computeIfAbsent(prefix, absent -> new ArrayList<>()).add(artist));
    }
    List<Judged> judged = new ArrayList<>();
    byPrefix.forEach(
        (prefix, artists) -> {
          artists.sort(Comparator.comparingDouble((Thing artist) -> -artist.log2Streams()));
          Thing right = artists.get(0);
          boolean alone = artists.size() == 1 || artists.get(1).log2Streams() < right.log2Streams();
          if (alone && things.isStreamed(right) == streamed) {
            judged.add(new Judged(prefix, right));
          }
        });
    Collections.shuffle(judged, new Random(seed));
    return List.copyOf(judged.subList(0, Math.min(most, judged.size())));
  }

  /** As far as the fourth letter; blanks between words are no letters. */
  static Optional<String> prefix(String name) {
    String folded = Text.folded(name);
    int letters = 0;
    for (int i = 0; i < folded.length(); i++) {
      if (folded.charAt(i) != ' ' && ++letters == PREFIX_LETTERS) {
        return Optional.of(folded.substring(0, i + 1));
      }
    }
    return Optional.empty();
  }
}
