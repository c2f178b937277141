package io.downbeat.ingest.plays;

import io.downbeat.schemas.avro.Play;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where plays go. Thread-safe; it never blocks. */
@FunctionalInterface
public interface PlayStore {

  /**
   * Completes once what becomes of every play is known: normally if all of them are kept for good,
   * else exceptionally; then any of them may be kept or not.
   */
  CompletableFuture<Void> append(List<Play> plays);
}
