package io.downbeat.serving.search;

import io.downbeat.schemas.rules.ForwardDecay;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * Matches, each with its score. Most are scored and never shown: until they are, they are numbers
 * in arrays. Not thread-safe.
 */
final class Ranked {
  /** Above it one stream more makes no difference to a float. */
  private static final double MANY_LOG2 = 24;

  private final List<LeafReaderContext> segments;
  private final Ranking ranking;
  private final @Nullable String country;
  private final long now;

  private int[] documents = new int[0];

  /** In the upper half the negated score, in the lower the index into {@link #documents}. */
  private long[] order = new long[0];

  private boolean hasAllWords;

  Ranked(IndexSearcher searcher, Search.Query query, Instant now) {
    this.segments = searcher.getIndexReader().leaves();
    this.ranking = new Ranking(query.words());
    this.country = query.country();
    this.now = now.toEpochMilli();
  }

  int size() {
    return documents.length;
  }

  /** Whether one of them has every word of the query, be it with typing errors. */
  boolean hasAllWords() {
    return hasAllWords;
  }

  /**
   * @param matches as {@link Matches#next} has them
   */
  void add(long[] matches) throws IOException {
    int count = size();
    documents = Arrays.copyOf(documents, count + matches.length);
    order = Arrays.copyOf(order, count + matches.length);
    LeafReaderContext segment = null;
    BinaryDocValues texts = DocValues.emptyBinary();
    BinaryDocValues countries = DocValues.emptyBinary();
    for (long match : matches) {
      int document = (int) (match >>> Integer.SIZE);
      if (segment == null || document >= segment.docBase + segment.reader().maxDoc()) {
        segment = segment(document);
        texts = DocValues.getBinary(segment.reader(), Entry.TEXT);
        countries = countries(segment);
      }
      int within = document - segment.docBase;
      if (!texts.advanceExact(within)) {
        throw new IllegalStateException("Cannot rank a document that has no text");
      }
      boolean available = isAvailable(countries, within);
      float score = ranking.score(popularity((int) match), texts.binaryValue(), available);
      hasAllWords |= ranking.hasAllWords();
      documents[count] = document;
      order[count] = (long) ~NumericUtils.floatToSortableInt(score) << Integer.SIZE | count;
      count++;
    }
    Arrays.sort(order);
  }

  /** By their scores, the best first. */
  List<Hit> hits(int from, int to) throws IOException {
    List<Hit> hits = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int document = documents[(int) order[i]];
      float score = NumericUtils.sortableIntToFloat(~(int) (order[i] >> Integer.SIZE));
      hits.add(hit(document, score));
    }
    return hits;
  }

  Hit hit(int document, float score) throws IOException {
    LeafReaderContext segment = segment(document);
    int within = document - segment.docBase;
    BinaryDocValues cards = DocValues.getBinary(segment.reader(), Entry.CARD);
    if (!cards.advanceExact(within)) {
      throw new IllegalStateException("Cannot show a document that has no card");
    }
    return new Hit(Card.of(cards.binaryValue()), score, isAvailable(countries(segment), within));
  }

  private LeafReaderContext segment(int document) {
    return segments.get(ReaderUtil.subIndex(document, segments));
  }

  private BinaryDocValues countries(LeafReaderContext segment) throws IOException {
    return country == null
        ? DocValues.emptyBinary()
        : DocValues.getBinary(segment.reader(), Entry.COUNTRIES);
  }

  private boolean isAvailable(BinaryDocValues countries, int document) throws IOException {
    if (country == null || !countries.advanceExact(document)) {
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
  private float popularity(int steps) {
    double log2 = ForwardDecay.asOf((double) steps / Entry.STEPS, now);
    return (float) (log2 > MANY_LOG2 ? log2 : Math.log1p(Math.pow(2, log2)) / Math.log(2));
  }
}
