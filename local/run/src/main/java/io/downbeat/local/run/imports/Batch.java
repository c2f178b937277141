package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Consecutive rows that are sent and acknowledged as one: a row's objects are never parted. Bounded
 * in objects, rows and bytes. Filled by one thread, then only read.
 */
final class Batch {

  /** What the API takes at once. */
  static final int MAX_OBJECTS = 1000;

  /** An artist, an album, a track. */
  private static final int MAX_CATALOG_OBJECTS_OF_ROW = 3;

  private static final int MAX_ROWS = 5000;
  private static final int MAX_BYTES = 1024 * 1024;

  private final Kind kind;
  private final List<Row> rows = new ArrayList<>();

  /** The row of each object. */
  private final List<Row> owners = new ArrayList<>();

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private long bytes;

  Batch(Kind kind) {
    this.kind = kind;
  }

  /** Whether there is room for any row at all. */
  boolean isFull() {
    int mostOfOneRow = kind == Kind.PLAYS ? 1 : MAX_CATALOG_OBJECTS_OF_ROW;
    return owners.size() + mostOfOneRow > MAX_OBJECTS
        || rows.size() >= MAX_ROWS
        || bytes >= MAX_BYTES;
  }

  void add(Row row) {
    rows.add(row);
    bytes += row.original().length();
    if (row instanceof Row.Mapped mapped) {
      for (String json : mapped.json()) {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        if (kind == Kind.PLAYS) {
          body.write(owners.isEmpty() ? '[' : ',');
        }
        body.writeBytes(utf8);
        if (kind == Kind.CATALOG) {
          body.write('\n');
        }
        owners.add(row);
        bytes += utf8.length;
      }
    }
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  List<Row> rows() {
    return rows;
  }

  /** How many objects are to be sent; with none, nothing is. */
  int objects() {
    return owners.size();
  }

  /** The row that the object at this place in the batch came from. */
  Row owner(int index) {
    return owners.get(index);
  }

  /** Where the batch's last row begins. */
  long lastLine() {
    return rows.get(rows.size() - 1).line();
  }

  /** A JSON array of plays; lines of the catalogue. */
  byte[] body() {
    byte[] objects = body.toByteArray();
    if (kind == Kind.CATALOG) {
      return objects;
    }
    byte[] array = Arrays.copyOf(objects, objects.length + 1);
    array[objects.length] = ']';
    return array;
  }
}
