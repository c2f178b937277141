package io.downbeat.serving.search;

import io.downbeat.serving.catalog.CatalogStore.NotReadyException;
import io.downbeat.serving.catalog.InMemoryCatalogStore;
import io.downbeat.serving.store.CachedReads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.jspecify.annotations.Nullable;

/** A real index of a catalogue in memory, made anew before it is read. */
public final class IndexedCatalog implements AutoCloseable {
  private final InMemoryCatalogStore catalog;
  private final Indexing indexing;

  public IndexedCatalog(InMemoryCatalogStore catalog) {
    this.catalog = catalog;
    this.indexing = new Indexing(new Entries(catalog), 1);
  }

  public SearchHandlers handlers(Clock clock) {
    return new SearchHandlers(
        new SearchIndexReader() {
          @Override
          public <T> T read(SearchIndex.Read<T> read) throws NotReadyException, IOException {
            return IndexedCatalog.this.read(read);
          }
        },
        catalog,
        new FirstLetters(new CachedReads.Settings(Duration.ZERO, 0), new SimpleMeterRegistry()),
        clock);
  }

  List<Hit> find(String query) {
    return find(query, EnumSet.allOf(Kind.class), null);
  }

  List<Hit> find(String query, Set<Kind> kinds, @Nullable String country) {
    Search.Query asked = new Search.Query(Words.of(query), kinds, country, 0, 20);
    try {
      return read(searcher -> Search.find(searcher, asked, Instant.now())).hits();
    } catch (NotReadyException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> T read(SearchIndex.Read<T> read) throws NotReadyException, IOException {
    try (SearchIndex index = SearchIndex.open(new ByteBuffersDirectory())) {
      indexing.addAll(index, new CountDownLatch(1));
      index.refresh();
      return index.read(read);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    indexing.close();
  }
}
