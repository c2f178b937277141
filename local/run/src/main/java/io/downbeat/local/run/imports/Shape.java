package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A form of input that is understood, told by the names of its columns or fields; never by the name
 * of the file.
 */
enum Shape {
  RADIO_PLAYS(
      "what a radio played",
      "TSV, CSV",
      EnumSet.of(Kind.PLAYS, Kind.CATALOG),
      List.of("local_time", "program", "artist", "track", "duration_s"),
      List.of("album")),
  RADIO_CATALOGUE(
      "a radio's catalogue",
      "TSV, CSV",
      EnumSet.of(Kind.CATALOG),
      List.of("title", "artist", "album", "duration_s"),
      List.of("first_played", "plays")),
  STREAMING_CATALOGUE(
      "a streaming catalogue",
      "TSV, CSV",
      EnumSet.of(Kind.CATALOG),
      List.of("track_id", "title", "artist_id", "artist", "album_id", "album"),
      List.of(
          "release_date",
          "album_total_tracks",
          "cover_url",
          "disc_number",
          "track_number",
          "duration_ms",
          "genres",
          "popularity",
          "explicit",
          "countries",
          "isrc")),
  DOWNBEAT_PLAYS(
      "Downbeat's own plays",
      "NDJSON, TSV, CSV",
      EnumSet.of(Kind.PLAYS),
      List.of("user_id", "track_id", "started_at", "played_millis"),
      List.of(
          "play_id",
          "device_id",
          "device_seq",
          "context.type",
          "context.id",
          "country",
          "offline",
          "end_reason",
          "client")),
  DOWNBEAT_CATALOGUE(
      "Downbeat's own catalogue",
      "NDJSON with \"type\": artist, album or track",
      EnumSet.of(Kind.CATALOG),
      List.of("type"),
      List.of());

  private final String title;
  private final String forms;
  private final Set<Kind> kinds;
  private final List<String> required;
  private final List<String> optional;

  Shape(String title, String forms, Set<Kind> kinds, List<String> required, List<String> optional) {
    this.title = title;
    this.forms = forms;
    this.kinds = kinds;
    this.required = required;
    this.optional = optional;
  }

  String title() {
    return title;
  }

  boolean canBe(Kind kind) {
    return kinds.contains(kind);
  }

  /** Whether a table with these columns, in any order, is of this shape. */
  boolean hasColumns(Set<String> columns) {
    if (this == DOWNBEAT_CATALOGUE || !columns.containsAll(required)) {
      return false;
    }
    Set<String> unknown = new LinkedHashSet<>(columns);
    required.forEach(unknown::remove);
    optional.forEach(unknown::remove);
    return unknown.isEmpty();
  }

  /** Whether lines of JSON, of which the first has these fields, are of this shape. */
  boolean hasFields(Set<String> fields) {
    return (this == DOWNBEAT_PLAYS || this == DOWNBEAT_CATALOGUE) && fields.containsAll(required);
  }

  /** The shapes of this kind, one a line; optional columns in brackets. */
  static List<String> list(Kind kind) {
    List<String> lines = new ArrayList<>();
    for (Shape shape : values()) {
      if (shape.canBe(kind)) {
        List<String> columns = new ArrayList<>(shape.required);
        shape.optional.forEach(column -> columns.add("[" + column + "]"));
        lines.add("  %s (%s): %s".formatted(shape.title, shape.forms, String.join(", ", columns)));
      }
    }
    return lines;
  }
}
