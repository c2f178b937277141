package io.downbeat.serving.charts;

import com.datastax.oss.driver.api.core.data.TupleValue;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.serving.store.CassandraReader;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The charts in Cassandra's table {@code charts}. */
public final class CassandraChartsStore implements ChartsStore {
  private static final String CHART =
      "SELECT top FROM charts WHERE scope = ? AND window = ? AND start = ?";

  private final CassandraReader reader;

  public CassandraChartsStore(CassandraReader reader) {
    this.reader = reader;
  }

  @Override
  public CompletionStage<List<ChartEntry>> entries(ChartsRequest chart) {
    return reader.fold(
        CHART,
        List.of(chart.scope(), chart.window().key(), chart.start()),
        List.of(),
        (none, row) ->
            Objects.requireNonNull(row.getList(0, TupleValue.class)).stream()
                .map(CassandraChartsStore::entry)
                .toList());
  }

  private static ChartEntry entry(TupleValue pair) {
    return new ChartEntry(Objects.requireNonNull(pair.getUuid(0)), pair.getLong(1));
  }
}
