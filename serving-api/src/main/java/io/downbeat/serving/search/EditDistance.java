package io.downbeat.serving.search;

import java.util.Arrays;

/**
 * How many typing errors lie between a typed word and others: letters left out, added, replaced, or
 * two exchanged with their neighbour (optimal string alignment). Words are UTF-8, letters code
 * points. Not thread-safe.
 */
final class EditDistance {
  private final int[] typed;

  /** Its letters as {@link #bit} has them. */
  private final long typedBits;

  private int[] letters = new int[Words.LONGEST];
  private int[] before;
  private int[] above;
  private int[] row;

  EditDistance(byte[] word) {
    int[] decoded = new int[word.length];
    int count = 0;
    long bits = 0;
    for (int at = 0; at < word.length; at += size(word[at])) {
      decoded[count++] = letter(word, at, word.length);
      bits |= bit(word[at]);
    }
    typed = Arrays.copyOf(decoded, count);
    typedBits = bits;
    before = new int[count + 1];
    above = new int[count + 1];
    row = new int[count + 1];
  }

  /** To a word; more than {@code most} if it is more. */
  int to(byte[] text, int from, int to, int most) {
    int count = count(text, from, to, most, Integer.MAX_VALUE);
    return count < 0 || Math.abs(count - typed.length) > most
        ? most + 1
        : fill(decode(text, from, to, count), most, false);
  }

  /** The least to any beginning of a word; more than {@code most} if it is more. */
  int toBeginning(byte[] text, int from, int to, int most) {
    int count = count(text, from, to, most, typed.length + most);
    return count < 0 ? most + 1 : fill(decode(text, from, to, count), most, true);
  }

  /**
   * Number of letters up to a largest number, or -1 if so many of the typed ones are not among them
   * that the edits do not suffice.
   */
  private int count(byte[] text, int from, int to, int most, int largest) {
    long bits = 0;
    int count = 0;
    for (int i = from; i < to; i++) {
      if (isFirst(text[i])) {
        if (count == largest) {
          break;
        }
        count++;
        bits |= bit(text[i]);
      }
    }
    return Long.bitCount(typedBits & ~bits) > most ? -1 : count;
  }

  private int decode(byte[] text, int from, int to, int count) {
    if (letters.length < count) {
      letters = new int[count];
    }
    int at = from;
    for (int i = 0; i < count; i++) {
      letters[i] = letter(text, at, to);
      at += size(text[at]);
    }
    return count;
  }

  private int fill(int rows, int most, boolean anyRow) {
    int columns = typed.length;
    int best = most + 1;
    for (int j = 0; j <= columns; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= rows; i++) {
      row[0] = i;
      int least = i;
      for (int j = 1; j <= columns; j++) {
        int cost = letters[i - 1] == typed[j - 1] ? 0 : 1;
        int value = Math.min(Math.min(row[j - 1], above[j]) + 1, above[j - 1] + cost);
        if (i > 1 && j > 1 && letters[i - 1] == typed[j - 2] && letters[i - 2] == typed[j - 1]) {
          value = Math.min(value, before[j - 2] + 1);
        }
        row[j] = value;
        least = Math.min(least, value);
      }
      if (anyRow) {
        best = Math.min(best, row[columns]);
      }
      if (least > most) {
        return anyRow ? best : most + 1;
      }
      int[] free = before;
      before = above;
      above = row;
      row = free;
    }
    return anyRow ? best : above[columns];
  }

  /** One of 64 for a letter, by its first byte; two letters may share one. */
  private static long bit(byte first) {
    return 1L << first;
  }

  private static boolean isFirst(byte b) {
    return (b & 0xC0) != 0x80;
  }

  private static int size(byte first) {
    return first >= 0 ? 1 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : 4;
  }

  private static int letter(byte[] utf8, int at, int to) {
    int size = size(utf8[at]);
    int letter = size == 1 ? utf8[at] : utf8[at] & (0xFF >> (size + 1));
    for (int k = 1; k < size && at + k < to; k++) {
      letter = letter << 6 | (utf8[at + k] & 0x3F);
    }
    return letter;
  }
}
