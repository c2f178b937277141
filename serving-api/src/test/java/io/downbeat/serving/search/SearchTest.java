package io.downbeat.serving.search;

import static io.downbeat.serving.catalog.Examples.album;
import static io.downbeat.serving.catalog.Examples.artist;
import static io.downbeat.serving.catalog.Examples.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.ForwardDecay;
import io.downbeat.serving.catalog.InMemoryCatalogStore;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is found, and in which order, in a real index. */
final class SearchTest {
  private final InMemoryCatalogStore catalog = new InMemoryCatalogStore();
  private final IndexedCatalog index = new IndexedCatalog(catalog);

  @AfterEach
  void close() {
    index.close();
  }

  @Test
  void everyBeginningOfATitleFindsIt() {
    song("Bohemian Rhapsody", "Queen", 1_000);
    song("Somebody to Love", "Queen", 500);

    String title = "bohemian rhapsody";
    for (int length = 1; length <= title.length(); length++) {
      assertThat(first(title.substring(0, length))).isEqualTo("Bohemian Rhapsody");
    }
  }

  @Test
  void titleAndArtistAreFoundInEitherOrder() {
    song("Yesterday", "The Beatles", 900);
    song("Yesterday", "Boyz II Men", 5_000);

    assertThat(firstCard("yesterday beatles").credits().get(0).name()).isEqualTo("The Beatles");
    assertThat(firstCard("the beatles yest").credits().get(0).name()).isEqualTo("The Beatles");
  }

  @Test
  void caseAccentsAndWidthDoNotMatter() {
    song("Jóga", "Björk", 10);
    song("Ænima", "Tool", 10);
    song("Ｆｕｌｌ Ｗｉｄｔｈ", "Somebody", 10);

    assertThat(first("joga")).isEqualTo("Jóga");
    assertThat(first("BJÖRK JÓGA")).isEqualTo("Jóga");
    assertThat(first("aenima")).isEqualTo("Ænima");
    assertThat(first("full width")).isEqualTo("Ｆｕｌｌ Ｗｉｄｔｈ");
  }

  @Test
  void oneOrTwoTypingErrorsAreForgivenByLength() {
    song("Californication", "Red Hot Chili Peppers", 1_000);
    song("Toxic", "Britney Spears", 1_000);

    assertThat(first("calfornicaton")).isEqualTo("Californication");
    assertThat(first("toxix")).isEqualTo("Toxic");
    assertThat(first("otxic")).isEqualTo("Toxic");
    assertThat(first("britny spears toxic")).isEqualTo("Toxic");
    assertThat(index.find("xyxic")).isEmpty();
  }

  @Test
  void namesOfSignsAreFound() {
    artists("!!!", "AC/DC", "…And You Will Know Us by the Trail of Dead", "The The", "P!nk");
    artists("Simon & Garfunkel", "R.E.M.", "†††", "Ke$ha", "Guns N' Roses");

    assertThat(first("!!!")).isEqualTo("!!!");
    assertThat(first("ac/dc")).isEqualTo("AC/DC");
    assertThat(first("acdc")).isEqualTo("AC/DC");
    assertThat(first("ac dc")).isEqualTo("AC/DC");
    assertThat(first("and you will know us")).startsWith("…And You Will Know");
    assertThat(first("…and you")).startsWith("…And You Will Know");
    assertThat(first("the the")).isEqualTo("The The");
    assertThat(first("pink")).isEqualTo("P!nk");
    assertThat(first("p!nk")).isEqualTo("P!nk");
    assertThat(first("simon and garfunkel")).isEqualTo("Simon & Garfunkel");
    assertThat(first("simon & garf")).isEqualTo("Simon & Garfunkel");
    assertThat(first("rem")).isEqualTo("R.E.M.");
    assertThat(first("†††")).isEqualTo("†††");
    assertThat(first("kesha")).isEqualTo("Ke$ha");
    assertThat(first("guns n roses")).isEqualTo("Guns N' Roses");
  }

  @Test
  void numbersAreFound() {
    song("34+35", "Ariana Grande", 100);
    song("99 Luftballons", "Nena", 100);
    artists("blink-182");

    assertThat(first("34+35")).isEqualTo("34+35");
    assertThat(first("3435")).isEqualTo("34+35");
    assertThat(first("99 luft")).isEqualTo("99 Luftballons");
    assertThat(first("blink182")).isEqualTo("blink-182");
  }

  @Test
  void otherScriptsAreFoundAsTheyAreWrittenAndInLatinLetters() {
    song("Группа крови", "Кино", 100);
    song("上を向いて歩こう", "坂本九", 100);
    song("강남스타일", "PSY", 100);
    song("Τα παιδιά του Πειραιά", "Μελίνα Μερκούρη", 100);

    assertThat(first("группа")).isEqualTo("Группа крови");
    assertThat(first("кино")).isEqualTo("Кино");
    assertThat(first("kino gruppa")).isEqualTo("Группа крови");
    assertThat(first("上を向いて")).isEqualTo("上を向いて歩こう");
    assertThat(first("歩こう")).isEqualTo("上を向いて歩こう");
    assertThat(first("강남")).isEqualTo("강남스타일");
    assertThat(first("gangnam")).isEqualTo("강남스타일");
    assertThat(first("ta paidia")).isEqualTo("Τα παιδιά του Πειραιά");
  }

  @Test
  void anExactTitleComesBeforeAPopularNearMiss() {
    song("Hello", "Somebody Small", 3);
    song("Hello Goodbye", "The Beatles", 2_000);

    assertThat(first("hello")).isEqualTo("Hello");
    assertThat(first("hell")).isEqualTo("Hello Goodbye");
  }

  @Test
  void betweenEqualMatchesTheStreamsDecide() {
    song("Stay", "One", 10);
    song("Stay", "Two", 1_000);
    song("Stay", "Three", 100);

    assertThat(index.find("stay", EnumSet.of(Kind.TRACK), null))
        .extracting(hit -> hit.card().credits().get(0).name())
        .containsExactly("Two", "Three", "One");
  }

  @Test
  void anArtistComesBeforeTheSongsOfThatArtist() {
    song("Dancing Queen", "ABBA", 5_000);
    song("Mamma Mia", "ABBA", 4_000);

    List<Hit> hits = index.find("abb");

    assertThat(hits.get(0).card().kind()).isEqualTo(Kind.ARTIST);
    assertThat(hits).hasSize(3);
  }

  @Test
  void whatIsAddedToATitleNeedNotBeTyped() {
    song("Under Pressure - Remastered 2011", "Queen", 100);
    song("Under Pressure Points", "Others", 300);

    assertThat(first("under pressure")).isEqualTo("Under Pressure - Remastered 2011");
  }

  @Test
  void oneWordTooManyIsForgiven() {
    song("Paint It Black", "The Rolling Stones", 100);

    assertThat(first("paint it black stones lyrics")).isEqualTo("Paint It Black");
  }

  @Test
  void onlyTheTypesAskedForAreFound() {
    song("Europe", "Globus", 10);
    artists("Europe");

    assertThat(index.find("europe", EnumSet.of(Kind.TRACK), null))
        .extracting(hit -> hit.card().kind())
        .containsExactly(Kind.TRACK);
  }

  @Test
  void whatWasTypedIsHighlighted() {
    song("Björk's Waltz", "The Examples", 10);

    Hit hit = index.find("bjo exam", EnumSet.of(Kind.TRACK), null).get(0);

    assertThat(new Highlights(Words.of("bjork exam")).of(hit.card()))
        .containsExactly(
            new Highlights.Span("title", 0, 5), new Highlights.Span("artists.0", 4, 8));
    assertThat(index.find("bjork exam")).isNotEmpty();
  }

  @Test
  void anAlbumIsFoundByItsArtistToo() {
    UUID by = UUID.randomUUID();
    catalog.put(artist(by, "Radiohead"));
    catalog.put(album(UUID.randomUUID(), "OK Computer", by));

    assertThat(first("radiohead ok comp")).isEqualTo("OK Computer");
  }

  private void song(String title, String by, double streams) {
    UUID artist = UUID.nameUUIDFromBytes(by.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    UUID track = UUID.randomUUID();
    catalog.put(artist(artist, by));
    catalog.put(track(track, title, null, artist));
    popular(track, streams);
    popular(artist, 2 * streams);
  }

  private void artists(String... names) {
    for (String name : names) {
      catalog.put(artist(UUID.randomUUID(), name));
    }
  }

  private void popular(UUID id, double streams) {
    catalog.putPopularity(id, (float) ForwardDecay.of((long) streams, System.currentTimeMillis()));
  }

  private String first(String query) {
    return firstCard(query).name();
  }

  private Card firstCard(String query) {
    List<Hit> hits = index.find(query);
    assertThat(hits).as("hits of " + query).isNotEmpty();
    return hits.get(0).card();
  }
}
