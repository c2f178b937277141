package io.downbeat.serving.search;

import static io.downbeat.serving.catalog.Examples.artist;
import static io.downbeat.serving.catalog.Examples.track;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.serving.catalog.InMemoryCatalogStore;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is typed, and whatever things are called. */
class AnyQueryTest {

  @Property(tries = 300)
  void whatIsTypedIsAnsweredAndWhatIsCalledSoIsFound(
      @ForAll("texts") String name, @ForAll("texts") String typed) {
    InMemoryCatalogStore catalog = new InMemoryCatalogStore();
    UUID by = UUID.randomUUID();
    UUID track = UUID.randomUUID();
    catalog.put(artist(by, name));
    catalog.put(track(track, "Title of " + name, null, by));
    try (IndexedCatalog index = new IndexedCatalog(catalog)) {
      for (String query : List.of(name, typed)) {
        List<Words.Word> words = Words.of(query);
        for (Hit hit : words.isEmpty() ? List.<Hit>of() : index.find(query)) {
          assertThat(hit.score()).isFinite();
          for (Highlights.Span span : new Highlights(words).of(hit.card())) {
            assertThat(span.start()).isNotNegative().isLessThan(span.end());
          }
        }
        if (query.equals(name) && !words.isEmpty()) {
          assertThat(index.find(query)).extracting(hit -> hit.card().id()).contains(by);
        }
      }
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(100),
        Arbitraries.strings()
            .withChars(" abAB!/&'$-.(1東кÉ가ｱ\u0301\uD83C\uDFB5\uD800\u0000")
            .ofMaxLength(40));
  }

  @Property(tries = 500)
  void aCardIsReadBackAsItWasWritten(@ForAll("texts") String name) {
    Card card =
        new Card(
            Kind.TRACK,
            UUID.randomUUID(),
            name.replaceAll("[\\uD800-\\uDFFF]", ""),
            List.of(new Card.Named(UUID.randomUUID(), null)),
            new Card.Named(UUID.randomUUID(), "Album"),
            "2019-05",
            null,
            187_000L,
            true,
            List.of("rock"),
            List.of("AU", "NZ"));

    assertThat(Card.of(card.toBytes())).isEqualTo(card);
  }
}
