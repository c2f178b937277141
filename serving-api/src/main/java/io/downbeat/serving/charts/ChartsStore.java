package io.downbeat.serving.charts;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.serving.store.StoreUnavailableException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The charts. Thread-safe. Stages complete in bounded time, on a thread that must not be blocked;
 * they fail with {@link StoreUnavailableException}.
 */
public interface ChartsStore {

  /** In order; empty where nothing was streamed. */
  CompletionStage<List<ChartEntry>> entries(ChartsRequest chart);
}
