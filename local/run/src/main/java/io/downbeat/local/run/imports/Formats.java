package io.downbeat.local.run.imports;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.api.Kind;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a file by its header (a table) or its first object (NDJSON), never by its name, and
 * gives its rows as JSON for the API.
 */
public final class Formats {

  /** Longer rows are refused. */
  public static final int MAX_ROW_CHARS = 64 * 1024;

  /** Of the radio whose plays are known to come in the shape of {@code local_time, program, …}. */
  private static final ZoneId RADIO_ZONE = ZoneId.of("Australia/Sydney");

  private Formats() {}

  /**
   * @param zone of local times; null for that of the format, if it has one
   * @throws CannotImport if the file is missing, damaged, or of no known shape, or if its shape
   *     can't be imported as this kind
   */
  public static Rows open(Path file, Kind kind, @Nullable ZoneId zone) throws IOException {
    return open(input(file), kind, zone);
  }

  static Input input(Path file) throws IOException {
    try {
      return Input.open(file);
    } catch (EOFException | ZipException e) {
      throw new CannotImport(
          "Cannot read " + file + ": its gzip data is damaged. Fetch it again", e);
    }
  }

  /** The same of an open input, which the rows close; it is closed if this fails. */
  static Rows open(Input input, Kind kind, @Nullable ZoneId zone) throws IOException {
    try {
      return recognise(input, kind, zone);
    } catch (EOFException | ZipException e) {
      input.close();
      throw damaged(input, 1, e);
    } catch (IOException | RuntimeException e) {
      input.close();
      throw e;
    }
  }

  static CannotImport damaged(Input input, long line, IOException cause) {
    return new CannotImport(
        "Cannot read %s after line %d: its gzip data is cut off or damaged. Fetch it again and repeat the import: repeated rows do no harm"
            .formatted(input.name(), line),
        cause);
  }

  private static Rows recognise(Input input, Kind kind, @Nullable ZoneId zone) throws IOException {
    String first = firstLine(input, kind);
    if (first.isBlank()) {
      throw new CannotImport(
          "Cannot import %s: it is empty, or begins with a blank line".formatted(input.name()));
    }
    return first.stripLeading().startsWith("{")
        ? lines(input, first, kind, zone)
        : table(input, first, kind, zone);
  }

  private static Rows lines(Input input, String first, Kind kind, @Nullable ZoneId zone)
      throws IOException {
    ObjectNode object;
    try {
      object = DownbeatLines.object(first);
    } catch (Unfit e) {
      throw new CannotImport(
          "Cannot import %s: it looks like NDJSON, but its first line %s"
              .formatted(input.name(), e.reason()));
    }
    Set<String> fields = new LinkedHashSet<>();
    object.fieldNames().forEachRemaining(fields::add);
    for (Shape shape : Shape.values()) {
      if (shape.hasFields(fields)) {
        require(shape, kind, input);
        return new Rows(
            input,
            shape.title() + ", NDJSON",
            Records.lines(input.reader()),
            new DownbeatLines(zone));
      }
    }
    throw unrecognised(input, kind, "Its first object has: " + String.join(", ", fields));
  }

  private static Rows table(Input input, String first, Kind kind, @Nullable ZoneId zone)
      throws IOException {
    Records records;
    String form;
    if (first.indexOf('\t') >= 0) {
      records = Records.tsv(input.reader());
      form = "TSV";
    } else {
      char separator = first.indexOf(';') >= 0 && first.indexOf(',') < 0 ? ';' : ',';
      records = Records.csv(input.reader(), separator);
      form = "CSV";
    }
    Records.Raw header = records.next();
    Columns columns = new Columns(header == null ? List.of() : header.cells());
    for (Shape shape : Shape.values()) {
      if (shape.hasColumns(columns.names())) {
        require(shape, kind, input);
        return new Rows(
            input, shape.title() + ", " + form, records, mapping(shape, kind, columns, zone));
      }
    }
    throw unrecognised(input, kind, "Its header has: " + columns);
  }

  private static Mapping mapping(Shape shape, Kind kind, Columns columns, @Nullable ZoneId zone) {
    return switch (shape) {
      case RADIO_PLAYS ->
          kind == Kind.PLAYS
              ? new RadioPlays(columns, zone == null ? RADIO_ZONE : zone)
              : new RadioTracks(columns, "track");
      case RADIO_CATALOGUE -> new RadioTracks(columns, "title");
      case STREAMING_CATALOGUE -> new StreamingCatalogue(columns);
      case DOWNBEAT_PLAYS -> new DownbeatRows(columns, zone);
      case DOWNBEAT_CATALOGUE -> throw new IllegalStateException("This is no table: " + shape);
    };
  }

  private static void require(Shape shape, Kind kind, Input input) throws CannotImport {
    if (!shape.canBe(kind)) {
      Kind other = kind == Kind.PLAYS ? Kind.CATALOG : Kind.PLAYS;
      throw new CannotImport(
          "Cannot import %s as %s: it is %s. Use: import %s"
              .formatted(input.name(), kind, shape.title(), other));
    }
  }

  private static CannotImport unrecognised(Input input, Kind kind, String found) {
    String shown = found.length() > 1000 ? found.substring(0, 1000) + "…" : found;
    return new CannotImport(
        "Cannot import %s: its shape is not known. %s%nKnown for %s, plain or gzip, columns in any order, those in brackets optional:%n%s"
            .formatted(
                input.name(), shown, kind, String.join(System.lineSeparator(), Shape.list(kind))));
  }

  /** Looks at the first line without taking it. */
  private static String firstLine(Input input, Kind kind) throws IOException {
    BufferedReader reader = input.reader();
    reader.mark(MAX_ROW_CHARS + 1);
    StringBuilder line = new StringBuilder();
    for (int c = reader.read(); c >= 0 && c != '\n'; c = reader.read()) {
      line.append((char) c);
      if (line.length() > MAX_ROW_CHARS - 1) {
        throw unrecognised(
            input, kind, "Its first line does not end within " + MAX_ROW_CHARS + " characters");
      }
    }
    reader.reset();
    return line.toString();
  }
}
