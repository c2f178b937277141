package io.downbeat.local.run.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lines of {@code POST /v1/catalog}. What is blank or 0 is unknown, and left out. */
public final class CatalogLines {

  /**
   * What few sources know of a track.
   *
   * @param roles of its artists, in their order
   * @param countries where it is available; null for everywhere
   * @param sound the content of its sound
   */
  public record MoreOfTrack(
      List<String> roles,
      long discNumber,
      @Nullable List<String> countries,
      String isrc,
      String sound) {
    public static final MoreOfTrack UNKNOWN = new MoreOfTrack(List.of(), 0, null, "", "");
  }

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
      UUID id,
      String title,
      Collection<UUID> artistIds,
      Collection<String> genres,
      String releaseDate,
      long totalTracks,
      String coverUrl) {
    return Json.object(
        json -> {
          json.writeStringField("type", "album");
          json.writeStringField("album_id", id.toString());
          json.writeStringField("title", Json.shown(title));
          writeIds(json, "artist_ids", artistIds);
          writeTexts(json, "genres", genres);
          writeText(json, "release_date", releaseDate);
          writeNumber(json, "total_tracks", totalTracks);
          writeText(json, "cover_url", coverUrl);
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
      boolean explicit,
      MoreOfTrack more) {
    return Json.object(
        json -> {
          json.writeStringField("type", "track");
          json.writeStringField("track_id", id.toString());
          json.writeStringField("title", Json.shown(title));
          writeIds(json, "artist_ids", artistIds);
          writeTexts(json, "artist_roles", more.roles());
          if (albumId != null) {
            json.writeStringField("album_id", albumId.toString());
          }
          writeTexts(json, "genres", genres);
          writeNumber(json, "duration_millis", durationMillis);
          writeNumber(json, "disc_number", more.discNumber());
          writeNumber(json, "track_number", trackNumber);
          if (explicit) {
            json.writeBooleanField("explicit", true);
          }
          if (more.countries() != null) {
            writeTexts(json, "countries", more.countries());
          }
          writeText(json, "isrc", more.isrc());
          writeText(json, "sound", more.sound());
        });
  }

  private static void writeText(JsonGenerator json, String field, String text) throws IOException {
    if (!text.isBlank()) {
      json.writeStringField(field, text.strip());
    }
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
