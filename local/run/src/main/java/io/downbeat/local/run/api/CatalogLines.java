package io.downbeat.local.run.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lines of {@code POST /v1/catalog}. What is blank or 0 is unknown, and left out. */
public final class CatalogLines {

  private CatalogLines() {}

  public static String artist(UUID id, String name, Collection<String> genres) {
    return Json.object(
        json -> {
          json.writeStringField("type", "artist");
          json.writeStringField("artist_id", id.toString());
          json.writeStringField("name", Json.shown(name));
          writeTexts(json, "genres", genres);
        });
  }

  public static String album(
      UUID id, String title, Collection<UUID> artistIds, String releaseDate, long totalTracks) {
    return Json.object(
        json -> {
          json.writeStringField("type", "album");
          json.writeStringField("album_id", id.toString());
          json.writeStringField("title", Json.shown(title));
          writeIds(json, "artist_ids", artistIds);
          if (!releaseDate.isBlank()) {
            json.writeStringField("release_date", releaseDate.strip());
          }
          writeNumber(json, "total_tracks", totalTracks);
        });
  }

  public static String track(
      UUID id,
      String title,
      Collection<UUID> artistIds,
      @Nullable UUID albumId,
      Collection<String> genres,
      long durationMillis,
      long trackNumber,
      boolean explicit) {
    return Json.object(
        json -> {
          json.writeStringField("type", "track");
          json.writeStringField("track_id", id.toString());
          json.writeStringField("title", Json.shown(title));
          writeIds(json, "artist_ids", artistIds);
          if (albumId != null) {
            json.writeStringField("album_id", albumId.toString());
          }
          writeTexts(json, "genres", genres);
          writeNumber(json, "duration_millis", durationMillis);
          writeNumber(json, "track_number", trackNumber);
          if (explicit) {
            json.writeBooleanField("explicit", true);
          }
        });
  }

  private static void writeNumber(JsonGenerator json, String field, long number)
      throws IOException {
    if (number != 0) {
      json.writeNumberField(field, number);
    }
  }

  private static void writeIds(JsonGenerator json, String field, Collection<UUID> ids)
      throws IOException {
    if (!ids.isEmpty()) {
      json.writeArrayFieldStart(field);
      for (UUID id : ids) {
        json.writeString(id.toString());
      }
      json.writeEndArray();
    }
  }

  private static void writeTexts(JsonGenerator json, String field, Collection<String> texts)
      throws IOException {
    if (!texts.isEmpty()) {
      json.writeArrayFieldStart(field);
      for (String text : texts) {
        json.writeString(text);
      }
      json.writeEndArray();
    }
  }
}
