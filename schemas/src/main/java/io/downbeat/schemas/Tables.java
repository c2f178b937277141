package io.downbeat.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Cassandra tables, as numbered CQL files that are applied once each, in order. */
public final class Tables {

  /**
   * One file of table changes; names are unqualified, so it applies to the session's keyspace.
   *
   * @param name file name, {@code NNN_what.cql}; its order is the order of application
   * @param statements CQL without the closing semicolon
   */
  public record CqlFile(String name, List<String> statements) {}

  private static final List<String> NAMES =
      List.of(
          "001_counts.cql",
          "002_charts.cql",
          "003_recent_plays.cql",
          "004_recommendations.cql",
          "005_epochs.cql",
          "006_audits.cql",
          "007_accounts.cql",
          "008_library.cql",
          "009_unpublished.cql",
          "010_token_keys.cql");
  private static final Pattern COMMENT = Pattern.compile("--[^\n]*");

  private Tables() {}

  /** All files in the order in which they are applied. */
  public static List<CqlFile> files() {
    return NAMES.stream().map(name -> new CqlFile(name, statements(read(name)))).toList();
  }

  private static List<String> statements(String text) {
    return Stream.of(COMMENT.matcher(text).replaceAll("").split(";"))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  private static String read(String name) {
    try (InputStream in =
        Objects.requireNonNull(Tables.class.getResourceAsStream("/cassandra/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read table file " + name, e);
    }
  }
}
