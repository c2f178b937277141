package io.downbeat.local.run.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.downbeat.local.run.api.Json;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** A play's started_at, as the API takes it. */
final class StartedAt {

  private StartedAt() {}

  /**
   * A time with an offset as it is; a local one in UTC.
   *
   * @throws CannotImport if it is a local time and there is no zone
   */
  static String inUtc(String text, @Nullable ZoneId zone, long line) throws CannotImport {
    if (LocalTimes.hasOffset(text)) {
      return text;
    }
    var local = LocalTimes.parse("started_at", text);
    if (zone == null) {
      throw new CannotImport(
          "Line %d: started_at \"%s\" has no offset. Say which clock it is from, like --zone Europe/Lisbon"
              .formatted(line, text));
    }
    return LocalTimes.instant(local, zone).toString();
  }

  /** Of a play as the API takes it; null where it has no valid one, which the API will say. */
  static @Nullable Instant of(String json) {
    try {
      String text = Json.MAPPER.readTree(json).path("started_at").asText();
      return OffsetDateTime.parse(text).toInstant();
    } catch (JsonProcessingException | DateTimeParseException e) {
      return null;
    }
  }
}
