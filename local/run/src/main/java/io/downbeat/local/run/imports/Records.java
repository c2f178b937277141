package io.downbeat.local.run.imports;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file's records, before anyone knows what they mean. Blank lines are no records. */
interface Records {

  /**
   * @param cells of a table's row; empty for a line of JSON
   * @param tooLong whether the original is only the beginning
   */
  record Raw(long line, String original, List<String> cells, boolean tooLong) {}

  /** The next record; null after the last one. */
  @Nullable Raw next() throws IOException;

  /** Lines as they are: for NDJSON. */
  static Records lines(BufferedReader reader) {
    Lines lines = new Lines(reader);
    return () -> lines.next(line -> List.of());
  }

  /**
   * Tab-separated values have no quoting (IANA text/tab-separated-values): a quote is a character
   * like any other.
   */
  static Records tsv(BufferedReader reader) {
    Lines lines = new Lines(reader);
    return () -> lines.next(Records::split);
  }

  /** RFC 4180, with this separator. */
  static Records csv(BufferedReader reader, char separator) {
    Iterator<CsvRecord> records =
        CsvReader.builder()
            .fieldSeparator(separator)
            .skipEmptyLines(true)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .allowExtraCharsAfterClosingQuote(true)
            .detectBomHeader(false)
            .maxBufferSize(16 * Formats.MAX_ROW_CHARS)
            .ofCsvRecord(reader)
            .iterator();
    return () -> {
      CsvRecord next;
      try {
        if (!records.hasNext()) {
          return null;
        }
        next = records.next();
      } catch (UncheckedIOException e) {
        throw e.getCause();
      } catch (CsvParseException e) {
        throw new CannotImport("Cannot read on: this is not CSV any more: " + e.getMessage(), e);
      }
      String original = quoted(next.getFields(), separator);
      boolean tooLong = original.length() > Formats.MAX_ROW_CHARS;
      return new Raw(
          next.getStartingLineNumber(),
          tooLong ? original.substring(0, Formats.MAX_ROW_CHARS) : original,
          next.getFields(),
          tooLong);
    };
  }

  private static List<String> split(String line) {
    List<String> cells = new ArrayList<>();
    int from = 0;
    for (int tab = line.indexOf('\t'); tab >= 0; tab = line.indexOf('\t', from)) {
      cells.add(line.substring(from, tab));
      from = tab + 1;
    }
    cells.add(line.substring(from));
    return cells;
  }

  private static String quoted(List<String> cells, char separator) {
    StringBuilder row = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      if (i > 0) {
        row.append(separator);
      }
      boolean plain =
          cell.indexOf(separator) < 0
              && cell.indexOf('"') < 0
              && cell.indexOf('\n') < 0
              && cell.indexOf('\r') < 0;
      row.append(plain ? cell : '"' + cell.replace("\"", "\"\"") + '"');
    }
    return row.toString();
  }

  /**
   * Lines that end in LF or CR LF, numbered; of a line that is too long only the beginning is kept
   * in memory.
   */
  final class Lines {
    private final BufferedReader reader;
    private final char[] buffer = new char[16 * 1024];
    private final StringBuilder line = new StringBuilder();
    private int from;
    private int to;
    private long number;
    private boolean whole;

    private Lines(BufferedReader reader) {
      this.reader = reader;
    }

    private interface Cells {
      List<String> of(String line);
    }

    private @Nullable Raw next(Cells cells) throws IOException {
      while (true) {
        if (!read()) {
          return null;
        }
        String text = line.toString();
        if (!text.isBlank()) {
          return new Raw(number, text, whole ? cells.of(text) : List.of(), !whole);
        }
      }
    }

    /** Fills {@link #line}; false at the end of the text. */
    private boolean read() throws IOException {
      line.setLength(0);
      whole = true;
      boolean any = false;
      while (true) {
        if (from == to) {
          to = reader.read(buffer, 0, buffer.length);
          from = 0;
          if (to < 0) {
            to = 0;
            if (!any) {
              return false;
            }
            break;
          }
        }
        any = true;
        int end = from;
        while (end < to && buffer[end] != '\n') {
          end++;
        }
        int fits = Math.min(end - from, Formats.MAX_ROW_CHARS + 1 - line.length());
        line.append(buffer, from, fits);
        whole &= fits == end - from;
        from = end;
        if (end < to) {
          from++;
          break;
        }
      }
      number++;
      int last = line.length() - 1;
      if (whole && last >= 0 && line.charAt(last) == '\r') {
        line.setLength(last);
      }
      if (line.length() > Formats.MAX_ROW_CHARS) {
        line.setLength(Formats.MAX_ROW_CHARS);
        whole = false;
      }
      return true;
    }
  }
}
