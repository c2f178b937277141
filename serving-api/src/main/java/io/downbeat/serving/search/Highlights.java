package io.downbeat.serving.search;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Which parts of a hit's names were typed. Thread-safe. */
final class Highlights {

  /**
   * A part of a name.
   *
   * @param field {@code name}, {@code title}, or {@code artists.0} for the first artist's name
   * @param start in UTF-16 code units, as JavaScript counts
   * @param end behind it
   */
  record Span(String field, int start, int end) {}

  private Highlights() {}

  static List<Span> of(Card card, List<Words.Word> query) {
    List<Span> spans = new ArrayList<>();
    add(card.kind() == Kind.ARTIST ? "name" : "title", card.name(), query, spans);
    for (int i = 0; i < card.credits().size(); i++) {
      String artist = card.credits().get(i).name();
      if (artist != null) {
        add("artists." + i, artist, query, spans);
      }
    }
    return spans;
  }

  private static void add(String field, String name, List<Words.Word> query, List<Span> spans) {
    for (Words.Word word : Words.of(name)) {
      int typed = 0;
      for (int i = 0; i < query.size(); i++) {
        typed = Math.max(typed, typed(word, query.get(i).text(), i == query.size() - 1));
      }
      if (typed > 0) {
        spans.add(new Span(field, word.start(), word.start() + typed));
      }
    }
  }

  /** How much of a word a word of the query covers, in code units of the original. */
  private static int typed(Words.Word word, String query, boolean mayBeBegun) {
    int whole = word.end() - word.start();
    if (word.text().equals(query)) {
      return whole;
    }
    if (mayBeBegun && word.text().startsWith(query)) {
      return word.text().length() == whole ? query.length() : whole;
    }
    int edits = Ranking.mostEdits(query);
    return edits > 0 && isNear(word.text(), query, edits) ? whole : 0;
  }

  private static boolean isNear(String name, String query, int edits) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return new EditDistance(query.getBytes(StandardCharsets.UTF_8)).to(text, 0, text.length, edits)
        <= edits;
  }
}
