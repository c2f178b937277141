package io.downbeat.local.run.imports;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table's columns by name, in whatever order the file has them; what their cells hold. Immutable.
 */
final class Columns {

  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

  private final List<String> names;
  private final Map<String, Integer> positions = new HashMap<>();

  /** Names are compared without regard to case and outer blanks. */
  Columns(List<String> header) throws CannotImport {
    names = header.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
    for (int i = 0; i < names.size(); i++) {
      if (positions.putIfAbsent(names.get(i), i) != null) {
        throw new CannotImport("The header names a column twice: " + names.get(i));
      }
    }
  }

  Set<String> names() {
    return positions.keySet();
  }

  @Override
  public String toString() {
    return String.join(", ", names);
  }

  /** One row's cells. */
  Cells of(Records.Raw raw) {
    if (raw.cells().size() != names.size()) {
      throw new Unfit(
          null, "has %d columns, the header has %d".formatted(raw.cells().size(), names.size()));
    }
    return new Cells(raw.cells());
  }

  /** One row. Cells are as they stand in the file, and blank where there is no such column. */
  final class Cells {
    private final List<String> cells;

    private Cells(List<String> cells) {
      this.cells = cells;
    }

    String get(String column) {
      Integer position = positions.get(column);
      return position == null ? "" : cells.get(position);
    }

    boolean has(String column) {
      return !get(column).isBlank();
    }

    String required(String column) {
      String cell = get(column).strip();
      if (cell.isEmpty()) {
        throw new Unfit(column, "is blank");
      }
      return cell;
    }

    long whole(String column) {
      String cell = required(column);
      if (!WHOLE.matcher(cell).matches()) {
        throw new Unfit(column, "\"" + cell + "\" is no whole number");
      }
      return Long.parseLong(cell);
    }

    boolean truth(String column) {
      return switch (required(column).toLowerCase(Locale.ROOT)) {
        case "true", "1" -> true;
        case "false", "0" -> false;
        default ->
            throw new Unfit(column, "\"" + get(column).strip() + "\" is neither true nor false");
      };
    }

    /** Seconds, with or without a fraction, as milliseconds rounded down. */
    long secondsAsMillis(String column) {
      String cell = required(column);
      if (!DECIMAL.matcher(cell).matches()) {
        throw new Unfit(column, "\"" + cell + "\" is no number of seconds");
      }
      return new BigDecimal(cell).movePointRight(3).longValue();
    }
  }
}
