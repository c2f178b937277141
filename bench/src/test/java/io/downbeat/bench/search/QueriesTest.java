package io.downbeat.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.bench.search.corpus.RealCatalogue;
import io.downbeat.bench.search.corpus.RealCatalogue.Track;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QueriesTest {
  private static final RealThings THINGS =
      new RealThings(
          new RealCatalogue(
              List.of(
                  new Track("Café Olé", "The Nightingales", "First", 60),
                  new Track("Morning Song", "The Nightingales", "First", 40),
                  new Track("Night Train", "The Nightly News", "Second", 90)),
              List.of(
                  new Track("Rain", "Radio Ones", "", 5),
                  new Track("Snow", "Then Nines", "", 7),
                  new Track("Hail", "Radio Twos", "", 5))));

  private final Map<String, List<Queries.Judged>> sets = new Queries(THINGS, 10, 1).all();

  @Test
  void ofArtistsThatBeginAlikeTheMostPopularIsRight() {
    assertThat(sets.get("artist_prefix"))
        .extracting(Queries.Judged::query, judged -> judged.right().title())
        .containsExactly(org.assertj.core.groups.Tuple.tuple("the n", "The Nightly News"));
  }

  @Test
  void wherePopularityDecidesNothingNobodyIsRight() {
    assertThat(sets.get("rare_artist_prefix"))
        .extracting(Queries.Judged::query)
        .containsExactly("then");
  }

  @Test
  void onlyWhatHasAccentsIsAskedForWithoutThem() {
    assertThat(sets.get("unaccented"))
        .extracting(Queries.Judged::query)
        .containsExactly("Cafe Ole The Nightingales");
  }

  @Test
  void aTitleIsBegunBehindTheFirstWordOfItsArtist() {
    assertThat(sets.get("title_prefix"))
        .extracting(Queries.Judged::query)
        .containsExactlyInAnyOrder("the cafe o", "the morning so", "the night tra");
  }

  @Test
  void anotherReleaseOfTheSameSongIsRight() {
    Thing right = THINGS.streamed().get(0);
    assertThat(
            Judgement.isSame(
                new Engine.Hit(Kind.TRACK, new UUID(1, 2), "CAFÉ OLÉ", List.of("the nightingales")),
                right))
        .isTrue();
    assertThat(
            Judgement.isSame(
                new Engine.Hit(Kind.TRACK, new UUID(1, 2), "Café Olé", List.of("Others")), right))
        .isFalse();
  }

  @Test
  void anArtistHasTheStreamsOfAllItsTracks() {
    Thing artist =
        THINGS.artists().stream()
            .filter(each -> each.title().equals("The Nightingales"))
            .findFirst()
            .orElseThrow();
    assertThat(Math.pow(2, artist.log2Streams()))
        .isCloseTo(Math.pow(2, 18) + Math.pow(2, 12), org.assertj.core.data.Offset.offset(1.0));
  }
}
