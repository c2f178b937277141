package io.downbeat.serving.search;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Which parts of a hit's names were typed in a query. Not thread-safe. */
final class Highlights {

  /**
   * A part of a name.
   *
   * @param field {@code name}, {@code title}, or {@code artists.0} for the first artist's name
   * @param start in UTF-16 code units, as JavaScript counts
   * @param end behind it
   */
  record Span(String field, int start, int end) {}

  private final List<Words.Word> query;
  private final List<EditDistance> distances;

  Highlights(List<Words.Word> query) {
    this.query = query;
    this.distances =
        query.stream()
            .map(word -> new EditDistance(word.text().getBytes(StandardCharsets.UTF_8)))
            .toList();
  }

  List<Span> of(Card card) {
    List<Span> spans = new ArrayList<>();
    add(card.kind() == Kind.ARTIST ? "name" : "title", card.name(), spans);
    for (int i = 0; i < card.credits().size(); i++) {
      String artist = card.credits().get(i).name();
      if (artist != null) {
        add("artists." + i, artist, spans);
      }
    }
    return spans;
  }

  private void add(String field, String name, List<Span> spans) {
    for (Words.Word word : Words.of(name)) {
      int typed = 0;
      for (int i = 0; i < query.size(); i++) {
        typed = Math.max(typed, typed(word, i));
      }
      if (typed > 0) {
        spans.add(new Span(field, word.start(), word.start() + typed));
      }
    }
  }

  /** How much of a word a word of the query covers, in code units of the original. */
  private int typed(Words.Word word, int each) {
    String typed = query.get(each).text();
    int whole = word.end() - word.start();
    if (word.text().equals(typed)) {
      return whole;
    }
    if (each == query.size() - 1 && word.text().startsWith(typed)) {
      return word.text().length() == whole ? typed.length() : whole;
    }
    int edits = Ranking.mostEdits(typed);
    return edits > 0 && isNear(word.text(), each, edits) ? whole : 0;
  }

  private boolean isNear(String word, int each, int edits) {
    byte[] text = word.getBytes(StandardCharsets.UTF_8);
    return distances.get(each).to(text, 0, text.length, edits) <= edits;
  }
}
