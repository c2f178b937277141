package io.downbeat.bench.search.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CorpusTest {
  private static final RealCatalogue REAL = Names.catalogue();
  private static final int TRACKS = 20_013;

  private final Corpus corpus = new Corpus(REAL, TRACKS, 7);

  @Test
  void theSameSeedGivesTheSameTracksInAnyOrder() {
    Corpus other = new Corpus(REAL, TRACKS, 7);
    for (int number = TRACKS - 1; number >= 0; number -= 17) {
      assertThat(other.track(number)).isEqualTo(corpus.track(number));
    }
  }

  @Test
  void anotherSeedGivesOtherNames() {
    Corpus other = new Corpus(REAL, TRACKS, 8);
    long same =
        IntStream.range(0, 1_000)
            .filter(i -> other.track(i).title().equals(corpus.track(i).title()))
            .count();
    assertThat(same).isLessThan(100);
  }

  @Test
  void albumsHoldEveryTrackOnceInOrder() {
    int next = 0;
    Set<UUID> ids = new HashSet<>();
    for (int number = 0; number < corpus.albums(); number++) {
      Corpus.Album album = corpus.album(number);
      List<Corpus.Track> tracks = corpus.tracksOf(album);
      assertThat(tracks).hasSize(album.tracks());
      for (Corpus.Track track : tracks) {
        assertThat(track).isEqualTo(corpus.track(next));
        assertThat(track.number()).isEqualTo(next++);
        assertThat(track.artists().get(0).number()).isEqualTo(corpus.artistOf(track.number()));
        assertThat(ids.add(track.id())).isTrue();
      }
    }
    assertThat(next).isEqualTo(TRACKS);
  }

  @Test
  void ranksAreAPermutationThatIsFoundBack() {
    Set<Integer> ranks = new HashSet<>();
    for (int track = 0; track < TRACKS; track++) {
      int rank = corpus.rankOf(track);
      assertThat(ranks.add(rank)).isTrue();
      assertThat(corpus.trackOfRank(rank)).isEqualTo(track);
    }
  }

  @Test
  void halfOfWhatIsStreamedIsAFewTracks() {
    SplittableRandom random = new SplittableRandom(1);
    long few =
        IntStream.range(0, 10_000)
            .filter(i -> corpus.rankOf(corpus.streamed(random)) < Math.sqrt(TRACKS))
            .count();
    assertThat(few).isBetween(4_700L, 5_300L);
  }

  @Test
  void distinctWordsGrowWithAPowerOfAllWords() {
    Corpus large = new Corpus(REAL, 200_000, 7);
    Set<String> distinct = new HashSet<>();
    int atAQuarter = 0;
    for (int i = 0; i < 200_000; i++) {
      if (i == 50_000) {
        atAQuarter = distinct.size();
      }
      Phrases.words(large.track(i).title())
          .forEach(word -> distinct.add(word.toLowerCase(Locale.ROOT)));
    }
    double exponent = Math.log((double) distinct.size() / atAQuarter) / Math.log(4);
    assertThat(exponent).isBetween(large.growth() - .2, large.growth() + .2);
    assertThat(distinct.size()).isGreaterThan(2 * words(REAL).size());
  }

  @Test
  void habitsInBracketsStayAndGuestsAreArtists() {
    int live = 0;
    int guests = 0;
    for (int i = 0; i < 5_000; i++) {
      Corpus.Track track = corpus.track(i);
      live += track.title().endsWith("(Live)") ? 1 : 0;
      if (track.artists().size() == 2) {
        guests++;
        assertThat(track.title()).contains("(feat. " + track.artists().get(1).name() + ")");
      }
    }
    assertThat(live).isBetween(400, 600);
    assertThat(guests).isBetween(400, 600);
  }

  @Test
  void threeArtistsOfAHundredWriteInAnotherScript() {
    Map<Script, Integer> scripts = new HashMap<>();
    Corpus large = new Corpus(REAL, 240_000, 7);
    for (int i = 0; i < large.artists(); i++) {
      int first = large.artist(i).name().codePointAt(0);
      scripts.merge(
          switch (Character.UnicodeScript.of(first)) {
            case CYRILLIC -> Script.CYRILLIC;
            case HAN -> Script.HAN;
            default -> Script.LATIN;
          },
          1,
          Integer::sum);
    }
    assertThat(scripts.get(Script.CYRILLIC)).isBetween(220, 380);
    assertThat(scripts.get(Script.HAN)).isBetween(220, 380);
  }

  private static Set<String> words(RealCatalogue real) {
    Set<String> words = new HashSet<>();
    real.streamed()
        .forEach(
            track ->
                Phrases.words(track.title())
                    .forEach(word -> words.add(word.toLowerCase(Locale.ROOT))));
    return words;
  }
}
