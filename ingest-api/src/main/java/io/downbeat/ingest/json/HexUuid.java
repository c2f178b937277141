package io.downbeat.ingest.json;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A UUID as RFC 9562 writes it, 8-4-4-4-12 hexadecimal digits; either case is read. */
final class HexUuid {
  static final int LENGTH = 36;

  private static final byte[] DIGITS = new byte['f' + 1];

  static {
    for (char c = 0; c < DIGITS.length; c++) {
      DIGITS[c] = (byte) Character.digit(c, 16);
    }
  }

  private HexUuid() {}

  /**
   * @param text holds {@value #LENGTH} characters from the offset on
   * @return null if they are not a UUID
   */
  static @Nullable UUID parse(char[] text, int offset) {
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = 0; i < LENGTH; i++) {
      char c = text[offset + i];
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (c != '-') {
          return null;
        }
        continue;
      }
      int digit = c < DIGITS.length ? DIGITS[c] : -1;
      if (digit < 0) {
        return null;
      }
      if (digits++ < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    return new UUID(high, low);
  }
}
