package io.downbeat.serving.search;

import io.downbeat.schemas.rules.ForwardDecay;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.IndexSearcher;
import org.jspecify.annotations.Nullable;

/** Answers queries from an index. Thread-safe. */
final class Search {

  /** How many of the best matches there are to page through. */
  static final int MOST_HITS = 500;

  private Search() {}

  /**
   * @param words of the query, at least one; the last may be only begun
   * @param country of the listener; null for anywhere
   * @param from of the ranking, from 0
   */
  record Query(
      List<Words.Word> words, Set<Kind> kinds, @Nullable String country, int from, int limit) {}

  /**
   * @param more whether the ranking goes on behind them
   */
  record Found(List<Hit> hits, boolean more) {}

  /**
   * @param hasAllWords of the query, be it with typing errors
   */
  private record Ranked(Matches.Match match, float score, boolean hasAllWords, boolean available) {}

  static Found find(IndexSearcher searcher, Query query, Instant now) throws IOException {
    Matches matches = Matches.of(searcher, query.words(), query.kinds());
    List<Ranked> ranked = List.of();
    if (!matches.areEnough()) {
      matches.addLacking();
      ranked = rank(matches, query, now);
      if (!matches.areEnough() || ranked.stream().noneMatch(Ranked::hasAllWords)) {
        matches.addNear();
      }
    }
    ranked = rank(matches, query, now);
    int most = Math.min(ranked.size(), MOST_HITS);
    int end = Math.min(most, query.from() + query.limit());
    List<Hit> hits = new ArrayList<>();
    for (Ranked each : ranked.subList(Math.min(query.from(), end), end)) {
      hits.add(hit(each));
    }
    return new Found(hits, end < most);
  }

  /** The most popular of all, without a query. */
  static List<Hit> mostPopular(
      IndexSearcher searcher, Set<Kind> kinds, @Nullable String country, int limit, Instant now)
      throws IOException {
    List<Hit> hits = new ArrayList<>();
    List<Matches.Match> matches =
        new ArrayList<>(Matches.ofEverything(searcher, kinds).inReadingOrder());
    matches.sort(Comparator.comparingInt(match -> -match.popularity()));
    for (Matches.Match match : matches) {
      boolean available = isAvailable(match, country);
      if (available && hits.size() < limit) {
        hits.add(hit(new Ranked(match, popularity(match, now), true, true)));
      }
    }
    return hits;
  }

  private static List<Ranked> rank(Matches matches, Query query, Instant now) throws IOException {
    Ranking ranking = new Ranking(query.words());
    List<Ranked> ranked = new ArrayList<>();
    LeafReaderContext segment = null;
    BinaryDocValues texts = DocValues.emptyBinary();
    for (Matches.Match match : matches.inReadingOrder()) {
      if (match.segment() != segment) {
        segment = match.segment();
        texts = DocValues.getBinary(segment.reader(), Entry.TEXT);
      }
      if (texts.advanceExact(match.document())) {
        boolean available = isAvailable(match, query.country());
        float score = ranking.score(popularity(match, now), texts.binaryValue(), available);
        ranked.add(new Ranked(match, score, ranking.hasAllWords(), available));
      }
    }
    ranked.sort(Comparator.comparingDouble((Ranked each) -> -each.score()));
    return ranked;
  }

  private static boolean isAvailable(Matches.Match match, @Nullable String country)
      throws IOException {
    if (country == null) {
      return true;
    }
    BinaryDocValues countries = DocValues.getBinary(match.segment().reader(), Entry.COUNTRIES);
    if (!countries.advanceExact(match.document())) {
      return true;
    }
    String codes = countries.binaryValue().utf8ToString();
    for (int at = 0; at < codes.length(); at += country.length()) {
      if (codes.startsWith(country, at)) {
        return true;
      }
    }
    return false;
  }

  /** In octaves above what nobody plays, which is at 0. */
  private static float popularity(Matches.Match match, Instant now) {
    double log2 = ForwardDecay.asOf((double) match.popularity() / Entry.STEPS, now.toEpochMilli());
    return (float) (Math.log1p(Math.pow(2, log2)) / Math.log(2));
  }

  private static Hit hit(Ranked ranked) throws IOException {
    BinaryDocValues cards = DocValues.getBinary(ranked.match().segment().reader(), Entry.CARD);
    if (!cards.advanceExact(ranked.match().document())) {
      throw new IllegalStateException("Cannot show a document that has no card");
    }
    return new Hit(Card.of(cards.binaryValue()), ranked.score(), ranked.available());
  }
}
