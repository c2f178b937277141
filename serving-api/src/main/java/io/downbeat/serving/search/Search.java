package io.downbeat.serving.search;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.lucene.search.IndexSearcher;
import org.jspecify.annotations.Nullable;

/** Answers queries from an index. Thread-safe. */
final class Search {

  /** How many of the best matches there are to page through. */
  static final int MOST_HITS = 300;

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

  static Found find(IndexSearcher searcher, Query query, Instant now) throws IOException {
    Matches matches = Matches.of(searcher, query.words(), query.kinds());
    Ranked ranked = new Ranked(searcher, query, now);
    if (!matches.areEnough()) {
      matches.addLacking();
      ranked.add(matches.next());
      if (!matches.areEnough() || !ranked.hasAllWords()) {
        matches.addNear();
      }
    }
    ranked.add(matches.next());
    int most = Math.min(ranked.size(), MOST_HITS);
    int end = Math.min(most, query.from() + query.limit());
    return new Found(ranked.hits(query.from(), end), end < most);
  }

  /** The most popular of all, without a query. */
  static List<Hit> mostPopular(
      IndexSearcher searcher, Set<Kind> kinds, @Nullable String country, int limit, Instant now)
      throws IOException {
    Ranked ranked = new Ranked(searcher, new Query(List.of(), kinds, country, 0, limit), now);
    List<Hit> hits = new ArrayList<>();
    for (int document : Matches.ofEverything(searcher, kinds).byPopularity()) {
      Hit hit = ranked.hit(document, 0);
      if (hit.available() && hits.size() < limit) {
        hits.add(hit);
      }
    }
    return hits;
  }
}
