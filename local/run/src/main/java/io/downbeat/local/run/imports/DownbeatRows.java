package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.Json;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Downbeat's own plays in a table: its columns are the fields of {@code POST /v1/plays}; a blank
 * cell is a field left out.
 */
final class DownbeatRows implements Mapping {

  private static final List<String> TEXTS =
      List.of("play_id", "user_id", "device_id", "track_id", "country", "end_reason", "client");

  private final Columns columns;
  private final @Nullable ZoneId zone;

  /**
   * @param zone of times without an offset; null if the user has named none
   */
  DownbeatRows(Columns columns, @Nullable ZoneId zone) {
    this.columns = columns;
    this.zone = zone;
  }

  @Override
  public List<String> map(Records.Raw raw) throws IOException {
    Columns.Cells row = columns.of(raw);
    String startedAt = StartedAt.inUtc(row.required("started_at"), zone, raw.line());
    long playedMillis = row.whole("played_millis");
    return List.of(
        Json.object(
            json -> {
              for (String column : TEXTS) {
                if (row.has(column)) {
                  json.writeStringField(column, row.get(column).strip());
                }
              }
              json.writeStringField("started_at", startedAt);
              json.writeNumberField("played_millis", playedMillis);
              if (row.has("device_seq")) {
                json.writeNumberField("device_seq", row.whole("device_seq"));
              }
              if (row.has("offline")) {
                json.writeBooleanField("offline", row.truth("offline"));
              }
              if (row.has("context.type") || row.has("context.id")) {
                json.writeObjectFieldStart("context");
                for (String member : List.of("type", "id")) {
                  if (row.has("context." + member)) {
                    json.writeStringField(member, row.get("context." + member).strip());
                  }
                }
                json.writeEndObject();
              }
            }));
  }
}
