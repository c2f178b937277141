package io.downbeat.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;

/** JSON in, token by token, and JSON out. Thread-safe. */
public final class Json {

  /**
   * Strings may be as long as the body, whose size is bounded already: a field that is too long
   * must only cost its own play. Names are never kept.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxNumberLength(1_000)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private Json() {}

  public static JsonParser parser(CharBuffer text) throws IOException {
    return FACTORY.createParser(
        text.array(), text.arrayOffset() + text.position(), text.remaining());
  }

  /**
   * Moves to the end of the value that is read half, whatever stands in it.
   *
   * @param depth the parser's nesting depth outside the value
   */
  public static void skipTo(JsonParser parser, int depth) throws IOException {
    while (parser.currentToken() != null && parser.getParsingContext().getNestingDepth() > depth) {
      parser.nextToken();
    }
  }

  /** What is wrong with the text and where, without any of it. */
  public static String fault(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
    return where.isEmpty() ? "it ends early" : where;
  }

  /** In snake_case. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Cannot write " + value.getClass().getSimpleName(), e);
    }
  }
}
