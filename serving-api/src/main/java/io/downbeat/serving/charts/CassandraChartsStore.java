package io.downbeat.serving.charts;

import com.datastax.oss.driver.api.core.data.TupleValue;
import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.serving.store.CachedReads;
import io.downbeat.serving.store.CassandraReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The charts in Cassandra's table {@code charts}, cached. */
public final class CassandraChartsStore implements ChartsStore {
  private static final String CHART =
      "SELECT top FROM charts WHERE scope = ? AND window = ? AND start = ?";

  private static final int ENTRY_BYTES = 70;

  private final CassandraReader reader;
  private final CachedReads<ChartsRequest, List<ChartEntry>> charts;

  public CassandraChartsStore(
      CassandraReader reader, CachedReads.Settings cache, MeterRegistry meters) {
    this.reader = reader;
    this.charts =
        new CachedReads<>(
            "charts",
            cache,
            Function.identity(),
            entries -> ENTRY_BYTES * (long) entries.size(),
            meters);
  }

  @Override
  public CompletionStage<List<ChartEntry>> entries(ChartsRequest chart) {
    return charts.get(chart, () -> read(chart));
  }

  private CompletionStage<List<ChartEntry>> read(ChartsRequest chart) {
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
