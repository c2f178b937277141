package io.downbeat.serving.recent;

import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.serving.store.CassandraReader;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What listeners played, in Cassandra's table {@code recent_plays}. */
public final class CassandraRecentStore implements RecentStore {
  private static final String NEWEST =
      "SELECT play_id, started_at, track_id, played_millis FROM recent_plays WHERE user_id = ?";
  private static final String FIRST_PAGE = NEWEST + " LIMIT ?";
  private static final String NEXT_PAGE = NEWEST + " AND (started_at, play_id) < (?, ?) LIMIT ?";

  private final CassandraReader reader;

  public CassandraRecentStore(CassandraReader reader) {
    this.reader = reader;
  }

  @Override
  public CompletionStage<List<RecentPlay>> plays(
      UUID listener, Optional<Cursor> before, int limit) {
    return before.isEmpty()
        ? reader.rows(FIRST_PAGE, List.of(listener, limit), CassandraRecentStore::play)
        : reader.rows(
            NEXT_PAGE,
            List.of(listener, before.get().startedAt(), before.get().playId(), limit),
            CassandraRecentStore::play);
  }

  private static RecentPlay play(Row row) {
    return new RecentPlay(
        Objects.requireNonNull(row.getUuid(0)),
        Objects.requireNonNull(row.getInstant(1)),
        Objects.requireNonNull(row.getUuid(2)),
        row.getLong(3));
  }
}
