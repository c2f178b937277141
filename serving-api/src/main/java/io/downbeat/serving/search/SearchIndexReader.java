package io.downbeat.serving.search;

import io.downbeat.serving.catalog.CatalogStore.NotReadyException;
import java.io.IOException;

/** The index, as far as queries go. Thread-safe. */
@FunctionalInterface
interface SearchIndexReader {
  <T> T read(SearchIndex.Read<T> read) throws NotReadyException, IOException;
}
