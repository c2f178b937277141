package io.downbeat.ingest.catalog;

import io.downbeat.ingest.log.Log.Acknowledgement;

/** Where the catalogue goes. Thread-safe; it never blocks. */
@FunctionalInterface
interface CatalogStore {

  /**
   * Keeps the entry as the newest of its id, be it that there is none any more. Acknowledged
   * exactly once, on any thread; after a failure it may be kept or not.
   */
  void append(CatalogEntry entry, Acknowledgement acknowledgement);
}
