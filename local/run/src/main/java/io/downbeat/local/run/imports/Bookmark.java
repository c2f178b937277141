package io.downbeat.local.run.imports;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.downbeat.local.run.api.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * How far an import has come: everything up to and including this line is acknowledged.
 *
 * @param line where the last acknowledged row begins
 * @param refusedBytes the length of the refused rows' file at that point
 */
record Bookmark(
    @JsonProperty("line") long line,
    @JsonProperty("rows") long rows,
    @JsonProperty("sent") long sent,
    @JsonProperty("accepted") long accepted,
    @JsonProperty("duplicates") long duplicates,
    @JsonProperty("refused") long refused,
    @JsonProperty("refused_bytes") long refusedBytes) {

  static Bookmark of(long line, Tally tally, long refusedBytes) {
    return new Bookmark(
        line,
        tally.rows(),
        tally.sent(),
        tally.accepted(),
        tally.duplicates(),
        tally.refused(),
        refusedBytes);
  }

  Tally tally() {
    return new Tally(rows, sent, accepted, duplicates, refused);
  }

  /**
   * Null where there is none, or none that can be read: then the import begins anew, which does no
   * harm.
   */
  static @Nullable Bookmark read(Path file) throws IOException {
    try {
      return Json.MAPPER.readValue(Files.readAllBytes(file), Bookmark.class);
    } catch (NoSuchFileException | JsonProcessingException e) {
      return null;
    }
  }

  /** Whole or not at all, whenever the process dies. */
  void write(Path file) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.write(unfinished, Json.MAPPER.writeValueAsBytes(this));
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
