package io.downbeat.serving.search;

/**
 * How many typing errors lie between two words: letters left out, added, replaced, or two exchanged
 * with their neighbour (optimal string alignment). Counts code points of UTF-8. Not thread-safe.
 */
final class EditDistance {
  private final int[] left;
  private final int[] right;
  private int[] before;
  private int[] above;
  private int[] row;

  /**
   * @param longest bytes of a word
   */
  EditDistance(int longest) {
    left = new int[longest];
    right = new int[longest];
    before = new int[longest + 1];
    above = new int[longest + 1];
    row = new int[longest + 1];
  }

  /** More than {@code most} if it is more. */
  int between(byte[] text, int from, int to, byte[] typed, int most) {
    int columns = decode(typed, 0, typed.length, right);
    int rows = decode(text, from, to, left);
    if (Math.abs(rows - columns) > most) {
      return most + 1;
    }
    return fill(rows, columns, most, false);
  }

  /** The least to any beginning of the text. */
  int toBeginning(byte[] text, int from, int to, byte[] typed, int most) {
    int columns = decode(typed, 0, typed.length, right);
    int rows = decode(text, from, to, left);
    return fill(Math.min(rows, columns + most), columns, most, true);
  }

  private int fill(int rows, int columns, int most, boolean anyRow) {
    int best = most + 1;
    for (int j = 0; j <= columns; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= rows; i++) {
      row[0] = i;
      int least = i;
      for (int j = 1; j <= columns; j++) {
        int cost = left[i - 1] == right[j - 1] ? 0 : 1;
        int value = Math.min(Math.min(row[j - 1], above[j]) + 1, above[j - 1] + cost);
        if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
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

  private static int decode(byte[] utf8, int from, int to, int[] into) {
    int length = 0;
    for (int i = from; i < to; length++) {
      int b = utf8[i];
      int size = b >= 0 ? 1 : (b & 0xE0) == 0xC0 ? 2 : (b & 0xF0) == 0xE0 ? 3 : 4;
      int c = size == 1 ? b : b & (0xFF >> (size + 1));
      for (int k = 1; k < size && i + k < to; k++) {
        c = c << 6 | (utf8[i + k] & 0x3F);
      }
      into[length] = c;
      i += size;
    }
    return length;
  }
}
