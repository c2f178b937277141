package io.downbeat.local.run.imports;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One row of a file: what is sent for it, or why nothing is. */
public sealed interface Row {

  /** Where the row begins in the (unpacked) file; the first line, a header's, is 1. */
  long line();

  /**
   * The row as it stands in the file; of a CSV row, its cells quoted anew; cut after {@value
   * Formats#MAX_ROW_CHARS} characters.
   */
  String original();

  /**
   * @param json objects for the API in the order in which they must arrive; none where earlier rows
   *     have said it all
   */
  record Mapped(long line, String original, List<String> json) implements Row {
    public Mapped {
      json = List.copyOf(json);
    }
  }

  /**
   * @param field the column or field at fault; null where it is the whole row
   */
  record Refused(long line, String original, @Nullable String field, String reason)
      implements Row {}
}
