package io.downbeat.serving.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.LongHeap;

/**
 * Finds in an index what may answer a query, the most popular first.
 *
 * <p>Each segment is sorted by popularity, so that each way to match reads no more of it than it
 * keeps: the first documents are the best. Of each way the {@link #MOST} most popular matches are
 * kept; {@link Ranking} decides between them. The widest way comes first, where the last word is
 * only begun: if it ends before that many, there are no others. Otherwise names with just the words
 * of the query, which may be less popular, are looked for by themselves, and then those that are
 * nothing but the query. Where there is too little, names that lack a word or two, and last those
 * with typing errors, whose variants have to be looked for. Not thread-safe.
 */
final class Matches {

  /** Of each way to match. */
  static final int MOST = 100;

  private static final int ENOUGH_OF_A_WORD = 5;

  /** Further words of a query are ranked by, but nothing has to match them. */
  private static final int MOST_WORDS = 12;

  private static final int MOST_VARIANTS = 40;

  private final IndexSearcher searcher;
  private final List<Words.Word> words;
  private final BooleanQuery kinds;

  /** Number of the document and, in the lower half, its popularity; in ascending order. */
  private long[] found = new long[0];

  private long[] unread = new long[0];

  private Matches(IndexSearcher searcher, List<Words.Word> words, Set<Kind> kinds) {
    this.searcher = searcher;
    this.words = words;
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    kinds.forEach(
        kind ->
            any.add(new TermQuery(new Term(Entry.KIND, kind.key())), BooleanClause.Occur.SHOULD));
    this.kinds = any.build();
  }

  /**
   * Names that have all words of a query.
   *
   * @param words the last one may be only begun
   */
  static Matches of(IndexSearcher searcher, List<Words.Word> words, Set<Kind> kinds)
      throws IOException {
    List<Words.Word> first = words.subList(0, Math.min(words.size(), MOST_WORDS));
    Matches matches = new Matches(searcher, first, kinds);
    if (matches.add(matches.all(word -> term(Entry.WORD, word), Matches::begun))
        && matches.add(
            matches.all(word -> term(Entry.WORD, word), last -> term(Entry.WORD, last)))) {
      matches.add(term(Entry.WHOLE, SearchText.whole(words)));
    }
    return matches;
  }

  /** All that there is. */
  static Matches ofEverything(IndexSearcher searcher, Set<Kind> kinds) throws IOException {
    Matches matches = new Matches(searcher, List.of(), kinds);
    matches.add(new MatchAllDocsQuery());
    return matches;
  }

  /**
   * Whether these may well be all that is meant: one name with all of several words, or a few with
   * the only one.
   */
  boolean areEnough() {
    return found.length >= (words.size() > 1 ? 1 : ENOUGH_OF_A_WORD);
  }

  /** Adds names that lack a word, or have it with a typing error: which, the ranking sees. */
  void addLacking() throws IOException {
    if (words.size() > 1) {
      add(most());
    }
  }

  /** Adds names that have each word, with typing errors. */
  void addNear() throws IOException {
    add(all(Matches::nearly, Matches::nearlyBegun));
  }

  /**
   * Those that were not returned before, in the order in which the index is best read: number of
   * the document in the index and, in the lower half, its {@link Entry#POPULARITY}.
   */
  long[] next() {
    long[] next = unread;
    unread = new long[0];
    return next;
  }

  /** Numbers of all documents so far, the most popular first. */
  int[] byPopularity() {
    return LongStream.of(found)
        .map(match -> ~Long.rotateLeft(match, Integer.SIZE))
        .sorted()
        .mapToInt(match -> (int) ~match)
        .toArray();
  }

  private static Query term(String field, String text) {
    return new TermQuery(new Term(field, text));
  }

  private static Query term(String field, BytesRef text) {
    return new TermQuery(new Term(field, text));
  }

  private static Query begun(String word) {
    return word.codePointCount(0, word.length()) <= SearchText.LONGEST_PREFIX
        ? term(Entry.PREFIX, word)
        : new PrefixQuery(new Term(Entry.WORD, word));
  }

  private static Query nearly(String word) {
    int edits = Ranking.mostEdits(word);
    return edits == 0 ? term(Entry.WORD, word) : fuzzy(Entry.WORD, word, edits);
  }

  /** The error may lie in what is begun, or behind it. */
  private static Query nearlyBegun(String word) {
    int letters = word.codePointCount(0, word.length());
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    any.add(begun(word), BooleanClause.Occur.SHOULD);
    if (letters > 2) {
      any.add(nearly(word), BooleanClause.Occur.SHOULD);
      any.add(
          fuzzy(Entry.PREFIX, beginning(word, SearchText.LONGEST_PREFIX), 1),
          BooleanClause.Occur.SHOULD);
    }
    if (letters > SearchText.LONGEST_PREFIX) {
      any.add(
          term(Entry.PREFIX, beginning(word, SearchText.LONGEST_PREFIX - 1)),
          BooleanClause.Occur.SHOULD);
    }
    return any.build();
  }

  private static String beginning(String word, int letters) {
    return word.codePointCount(0, word.length()) <= letters
        ? word
        : word.substring(0, word.offsetByCodePoints(0, letters));
  }

  /** Of two errors none is in the first letter, where they are rare and dear to look for. */
  private static Query fuzzy(String field, String word, int edits) {
    return new FuzzyQuery(new Term(field, word), edits, edits - 1, MOST_VARIANTS, true);
  }

  private Query all(Function<String, Query> each, Function<String, Query> last) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i).text();
      all.add(
          i < words.size() - 1 ? each.apply(word) : last.apply(word), BooleanClause.Occur.FILTER);
    }
    return all.build();
  }

  /** One word of up to seven is missing, two of up to eleven, and so on. */
  private Query most() {
    BooleanQuery.Builder most = new BooleanQuery.Builder();
    most.setMinimumNumberShouldMatch(words.size() - Math.max(1, words.size() / 4));
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i).text();
      most.add(
          i < words.size() - 1 ? term(Entry.WORD, word) : begun(word), BooleanClause.Occur.SHOULD);
    }
    return most.build();
  }

  /** Whether there may be more than are kept. */
  private boolean add(Query query) throws IOException {
    Query filtered =
        kinds.clauses().size() == Kind.values().length
            ? query
            : new BooleanQuery.Builder()
                .add(query, BooleanClause.Occur.FILTER)
                .add(kinds, BooleanClause.Occur.FILTER)
                .build();
    Weight weight =
        searcher.createWeight(searcher.rewrite(filtered), ScoreMode.COMPLETE_NO_SCORES, 1);
    LongHeap best = new LongHeap(MOST);
    for (LeafReaderContext segment : searcher.getIndexReader().leaves()) {
      addBest(weight, segment, best);
    }
    long[] added = new long[best.size()];
    int count = 0;
    for (int i = 1; i <= best.size(); i++) {
      long match = Long.rotateLeft(best.get(i), Integer.SIZE);
      if (Arrays.binarySearch(found, match) < 0) {
        added[count++] = match;
      }
    }
    found = merged(found, added, count);
    unread = merged(unread, added, count);
    return best.size() == MOST;
  }

  private static long[] merged(long[] some, long[] more, int count) {
    long[] all = Arrays.copyOf(some, some.length + count);
    System.arraycopy(more, 0, all, some.length, count);
    Arrays.sort(all);
    return all;
  }

  /**
   * @param best popularity and, in the lower half, number of the document
   */
  private static void addBest(Weight weight, LeafReaderContext segment, LongHeap best)
      throws IOException {
    Scorer scorer = weight.scorer(segment);
    if (scorer == null) {
      return;
    }
    Bits live = segment.reader().getLiveDocs();
    NumericDocValues popularity = DocValues.getNumeric(segment.reader(), Entry.POPULARITY);
    DocIdSetIterator documents = scorer.iterator();
    for (int document = documents.nextDoc();
        document != DocIdSetIterator.NO_MORE_DOCS;
        document = documents.nextDoc()) {
      if (live != null && !live.get(document)) {
        continue;
      }
      long value = popularity.advanceExact(document) ? popularity.longValue() : 0;
      long match = value << Integer.SIZE | (segment.docBase + document);
      if (best.size() < MOST) {
        best.push(match);
      } else if (value > best.top() >> Integer.SIZE) {
        best.updateTop(match);
      } else {
        return;
      }
    }
  }
}
