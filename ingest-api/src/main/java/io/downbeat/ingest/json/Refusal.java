package io.downbeat.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why something is not taken in.
 *
 * @param field the field at fault, with dots into nested objects; empty if it is the whole
 * @param value what it held, at most {@value #LONGEST_VALUE} characters of it; null if nothing
 * @param reason the rule that it breaks
 */
public record Refusal(String field, @Nullable String value, String reason) {

  private static final int LONGEST_VALUE = 64;

  public Refusal {
    field = shown(field);
    value = value == null ? null : shown(value);
  }

  /** With what stands at the parser's token as the value. */
  static Refusal at(JsonParser parser, String field, String reason) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null || token == JsonToken.VALUE_NULL) {
      return new Refusal(field, null, reason);
    }
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      return new Refusal(field, token == JsonToken.START_OBJECT ? "{…}" : "[…]", reason);
    }
    int length = Math.min(parser.getTextLength(), LONGEST_VALUE + 1);
    return new Refusal(
        field, new String(parser.getTextCharacters(), parser.getTextOffset(), length), reason);
  }

  /** Cut where it is long, and without halves of surrogate pairs, which no UTF-8 can carry. */
  private static String shown(String text) {
    boolean cut = text.length() > LONGEST_VALUE;
    StringBuilder shown = new StringBuilder(Math.min(text.length(), LONGEST_VALUE) + 1);
    text.codePoints()
        .limit(LONGEST_VALUE)
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '\uFFFD' : c)
        .forEach(shown::appendCodePoint);
    return cut ? shown.append('…').toString() : shown.toString();
  }
}
