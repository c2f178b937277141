package io.downbeat.local.run.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.api.Json;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Downbeat's own NDJSON, plays or catalogue: lines go out as they stand, the API judges them. Only
 * a play's local started_at is turned into UTC.
 */
final class DownbeatLines implements Mapping {

  private static final ObjectWriter WRITER =
      Json.MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

  private final @Nullable ZoneId zone;

  /**
   * @param zone of times without an offset; null if the user has named none
   */
  DownbeatLines(@Nullable ZoneId zone) {
    this.zone = zone;
  }

  @Override
  public List<String> map(Records.Raw raw) throws IOException {
    ObjectNode object = object(raw.original());
    JsonNode startedAt = object.get("started_at");
    if (startedAt != null && startedAt.isTextual()) {
      String inUtc = StartedAt.inUtc(startedAt.textValue(), zone, raw.line());
      if (!inUtc.equals(startedAt.textValue())) {
        return List.of(WRITER.writeValueAsString(object.put("started_at", inUtc)));
      }
    }
    return List.of(raw.original().strip());
  }

  static ObjectNode object(String line) {
    JsonNode node;
    try {
      node = Json.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new Unfit(null, "is not JSON: " + e.getOriginalMessage());
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new Unfit(null, "is not a JSON object");
  }
}
