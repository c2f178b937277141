package io.downbeat.local.run.imports;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A recognised file's rows in their order, each mapped or refused. For one thread, but for {@link
 * #bytesRead}.
 */
public final class Rows implements Closeable {

  private static final int MAX_JSON_BYTES = 64 * 1024;

  private final Input input;
  private final String format;
  private final Records records;
  private final Mapping mapping;
  private long line = 1;

  Rows(Input input, String format, Records records, Mapping mapping) {
    this.input = input;
    this.format = format;
    this.records = records;
    this.mapping = mapping;
  }

  /** What the file was recognised as, for a person. */
  public String format() {
    return format;
  }

  /**
   * The next row; null after the last one.
   *
   * @throws CannotImport if the file is damaged from here on
   */
  public @Nullable Row next() throws IOException {
    Records.Raw raw;
    try {
      raw = records.next();
    } catch (EOFException | ZipException e) {
      throw Formats.damaged(input, line, e);
    }
    if (raw == null) {
      return null;
    }
    line = raw.line();
    try {
      return new Row.Mapped(raw.line(), raw.original(), map(raw));
    } catch (Unfit e) {
      return new Row.Refused(raw.line(), raw.original(), e.field(), e.reason());
    }
  }

  private List<String> map(Records.Raw raw) throws IOException {
    if (raw.tooLong()) {
      throw new Unfit(null, "is longer than " + Formats.MAX_ROW_CHARS + " characters");
    }
    if (raw.original().indexOf(Input.NOT_UTF8) >= 0) {
      throw new Unfit(null, "is not UTF-8");
    }
    List<String> objects = mapping.map(raw);
    for (String json : objects) {
      if (json.length() > MAX_JSON_BYTES / 3
          && json.getBytes(StandardCharsets.UTF_8).length > MAX_JSON_BYTES) {
        throw new Unfit(null, "is longer than " + MAX_JSON_BYTES + " bytes of JSON");
      }
    }
    return objects;
  }

  /** Of the file as it is stored, for progress; a little ahead of the rows. */
  public long bytesRead() {
    return input.bytesRead();
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
