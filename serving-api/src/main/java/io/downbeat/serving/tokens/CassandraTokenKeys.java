package io.downbeat.serving.tokens;

import io.downbeat.access.TokenKeys;
import io.downbeat.serving.store.CassandraReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** The rows of Cassandra's table {@code token_keys}. */
public final class CassandraTokenKeys implements TokenKeys.Rows {
  private static final String ALL = "SELECT kid, public_key FROM token_keys LIMIT 100";

  private final CassandraReader reader;

  public CassandraTokenKeys(CassandraReader reader) {
    this.reader = reader;
  }

  @Override
  public CompletionStage<Map<String, String>> read() {
    return reader.<Map<String, String>>fold(
        ALL,
        List.of(),
        new TreeMap<>(),
        (keys, row) -> {
          String key = row.getString(1);
          if (key != null) {
            keys.put(Objects.requireNonNull(row.getString(0)), key);
          }
          return keys;
        });
  }
}
