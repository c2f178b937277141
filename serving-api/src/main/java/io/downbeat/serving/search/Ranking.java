package io.downbeat.serving.search;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.util.BytesRef;

/**
 * How well a thing answers a query, in octaves: one more is worth twice the streams.
 *
 * <p>A thing starts with its popularity, the log2 of what it was streamed lately. What its names
 * share with the query adds to that, what they lack takes away, each by an amount of octaves that
 * stands below: a title typed in full outweighs a near miss that is streamed a thousand times more,
 * and between two equal matches the streams alone decide.
 *
 * <p>Works on the bytes of {@link SearchText} and allocates nothing for a thing. Not thread-safe.
 */
final class Ranking {

  /**
   * A word of the query that is only the beginning of one of the name; in part if most is typed.
   */
  private static final float BEGUN = -2;

  /** One edit between a word of the query and one of the name. */
  private static final float EDIT = -6;

  /** A word of the query that is nowhere. */
  private static final float MISSING = -30;

  /** A word of the query that only the artists of a track or album have. */
  private static final float CREDITED = -1.5f;

  /** Nothing of the query is in the thing's own name: it is one of many by these artists. */
  private static final float BY_ARTIST_ALONE = -4;

  /** The query begins as the name does. */
  private static final float BEGINS = 5;

  /** All of the query stands in the name, one word after the other. */
  private static final float IN_ORDER = 3;

  /** All of the name is typed; without what is added to it, such as "(Live)". */
  private static final float WHOLE = 12;

  private static final float WHOLE_CORE = 8;

  /** The same of a name of up to three letters, which is just as likely begun as typed in full. */
  private static final float WHOLE_AND_SHORT = 4;

  /** Beside a whole title a whole name of an artist is typed too. */
  private static final float WHOLE_CREDITED = 4;

  private static final int SHORT = 3;
  private static final float NOT_AVAILABLE = -40;

  private static final int MOST_WORDS = Words.MOST;
  private static final float NOWHERE = Float.NEGATIVE_INFINITY;

  private final byte[][] query;
  private final int[] edits;
  private final EditDistance[] distances;

  /** Of each word of the query the best match so far, in octaves. */
  private final float[] own;

  private final float[] credited;
  private boolean hasAllWords;

  // Of the name that is looked at: where its words begin and end, and which were typed.
  private int words;
  private boolean coreIsTyped;
  private final int[] starts = new int[MOST_WORDS];
  private final int[] ends = new int[MOST_WORDS];
  private final boolean[] joined = new boolean[MOST_WORDS];
  private final int[] matchedBy = new int[MOST_WORDS];
  private final boolean[] typed = new boolean[MOST_WORDS];

  /**
   * @param words of the query; the last one may be only begun
   */
  Ranking(List<Words.Word> words) {
    this.query =
        words.stream()
            .map(word -> word.text().getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    this.edits = words.stream().mapToInt(word -> mostEdits(word.text())).toArray();
    this.distances = Stream.of(query).map(EditDistance::new).toArray(EditDistance[]::new);
    this.own = new float[query.length];
    this.credited = new float[query.length];
  }

  /** How many typing errors a word may have: none in two letters, one up to seven, then two. */
  static int mostEdits(String word) {
    int letters = word.codePointCount(0, word.length());
    return letters <= 2 ? 0 : letters <= 7 ? 1 : 2;
  }

  /**
   * @param popularity log2 of the streams lately, at least 0
   * @param text as {@link SearchText} has it
   */
  float score(float popularity, BytesRef text, boolean available) {
    Arrays.fill(own, NOWHERE);
    Arrays.fill(credited, NOWHERE);
    float ownName = 0;
    boolean ownIsTyped = false;
    boolean artistIsTyped = false;
    int at = text.offset;
    int end = text.offset + text.length;
    while (at < end) {
      int next = at;
      while (next < end && text.bytes[next] != SearchText.NAME) {
        next++;
      }
      boolean isOwn = text.bytes[at] == SearchText.OWN;
      float name = match(text.bytes, at + 1, next, isOwn ? own : credited);
      if (isOwn) {
        ownName = Math.max(ownName, name);
        ownIsTyped |= coreIsTyped;
      } else {
        artistIsTyped |= coreIsTyped;
      }
      at = next + 1;
    }
    float score = popularity + ownName;
    if (ownIsTyped && artistIsTyped) {
      score += WHOLE_CREDITED;
    }
    boolean inOwn = false;
    hasAllWords = true;
    for (int i = 0; i < query.length; i++) {
      float best = Math.max(own[i], credited[i] + CREDITED);
      inOwn |= own[i] != NOWHERE;
      score += best == NOWHERE ? MISSING : best;
      hasAllWords &= best != NOWHERE;
    }
    if (!inOwn) {
      score += BY_ARTIST_ALONE;
    }
    return available ? score : score + NOT_AVAILABLE;
  }

  /** Whether the thing that was scored last has every word of the query, be it with errors. */
  boolean hasAllWords() {
    return hasAllWords;
  }

  /** Notes the best match of each word of the query; returns what the name as a whole adds. */
  private float match(byte[] text, int from, int to, float[] best) {
    int core = split(text, from, to);
    for (int q = 0; q < query.length; q++) {
      for (int w = 0; w < words; w++) {
        best[q] = Math.max(best[q], match(q, text, w));
      }
    }
    float value = matchedBy[0] == 0 ? BEGINS : 0;
    if (query.length > 1 && isInOrder()) {
      value += IN_ORDER;
    }
    coreIsTyped = isTyped(core);
    if (coreIsTyped) {
      boolean isShort = ends[core - 1] - starts[0] <= SHORT;
      value += isShort ? WHOLE_AND_SHORT : isTyped(words) ? WHOLE : WHOLE_CORE;
    }
    return value;
  }

  /** Finds the words of a name; returns how many of them come before what is added to it. */
  private int split(byte[] text, int from, int to) {
    int core = 0;
    words = 0;
    starts[0] = from;
    joined[0] = false;
    for (int i = from; i <= to && words < MOST_WORDS; i++) {
      boolean atEnd = i == to;
      if (atEnd || (text[i] >= SearchText.JOINED && text[i] <= SearchText.WORD)) {
        ends[words] = i;
        matchedBy[words] = -1;
        typed[words] = false;
        words++;
        if (!atEnd && words < MOST_WORDS) {
          starts[words] = i + 1;
          joined[words] = text[i] == SearchText.JOINED;
          if (text[i] == SearchText.ADDITION) {
            core = words;
          }
        }
      }
    }
    return core == 0 ? words : core;
  }

  private boolean isInOrder() {
    for (int first = 0; first + query.length <= words; first++) {
      int i = 0;
      while (i < query.length && matchedBy[first + i] == i) {
        i++;
      }
      if (i == query.length) {
        return true;
      }
    }
    return false;
  }

  private boolean isTyped(int first) {
    for (int w = 0; w < first; w++) {
      if (!typed[w]) {
        return false;
      }
    }
    return true;
  }

  private float match(int q, byte[] text, int w) {
    byte[] word = query[q];
    int length = ends[w] - starts[w];
    int mismatch = Arrays.mismatch(text, starts[w], ends[w], word, 0, word.length);
    if (mismatch < 0) {
      note(q, w, true);
      return 0;
    }
    if (mismatch == word.length && mayBeBegun(q)) {
      note(q, w, false);
      return BEGUN * (length - word.length) / length;
    }
    if (mismatch == length && w + 1 < words && joined[w + 1]) {
      return matchTogether(q, text, w);
    }
    return edits[q] == 0 ? NOWHERE : matchNearly(q, text, w);
  }

  private void note(int q, int w, boolean toTheEnd) {
    if (matchedBy[w] < 0) {
      matchedBy[w] = q;
    }
    typed[w] |= toTheEnd;
  }

  /** AC/DC, typed as one word. */
  private float matchTogether(int q, byte[] text, int first) {
    byte[] word = query[q];
    int at = 0;
    for (int w = first; w < words && (w == first || joined[w]); w++) {
      int length = Math.min(ends[w] - starts[w], word.length - at);
      if (!Arrays.equals(text, starts[w], starts[w] + length, word, at, at + length)) {
        return NOWHERE;
      }
      at += length;
      if (at == word.length) {
        boolean toTheEnd = length == ends[w] - starts[w] && (w + 1 == words || !joined[w + 1]);
        if (!toTheEnd && !mayBeBegun(q)) {
          return NOWHERE;
        }
        for (int each = first; each <= w; each++) {
          note(q, each, toTheEnd);
        }
        return toTheEnd ? 0 : BEGUN;
      }
    }
    return NOWHERE;
  }

  private float matchNearly(int q, byte[] text, int w) {
    int whole = distances[q].to(text, starts[w], ends[w], edits[q]);
    if (whole <= edits[q]) {
      note(q, w, true);
      return EDIT * whole;
    }
    if (mayBeBegun(q) && ends[w] - starts[w] > query[q].length) {
      int begun = distances[q].toBeginning(text, starts[w], ends[w], edits[q]);
      if (begun <= edits[q]) {
        note(q, w, false);
        return EDIT * begun + BEGUN;
      }
    }
    return NOWHERE;
  }

  private boolean mayBeBegun(int q) {
    return q == query.length - 1;
  }
}
