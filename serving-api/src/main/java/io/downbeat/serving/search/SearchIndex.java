package io.downbeat.serving.search;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/**
 * The index on disk: one document a thing, and in each commit the positions of the log up to which
 * it holds everything. What came after the last commit is lost with the process, and read again
 * from those positions. Thread-safe.
 */
final class SearchIndex implements AutoCloseable {
  private static final String FORMAT = "format";
  private static final String COMMITTED_AT = "committed_at";

  /** Raised whenever an index that older code wrote has to be made anew. */
  private static final String CURRENT_FORMAT = "2";

  /** Of entries that are not written out yet: a part of the heap. */
  private static final int HEAP_TO_BUFFER = 6;

  private static final long LARGEST_BUFFER_MEGABYTES = 256;

  /** One large segment beside small ones, so that a query looks up its terms in few places. */
  private static final int LARGEST_SEGMENT_MEGABYTES = 50_000;

  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;

  private SearchIndex(Directory directory, IndexWriter writer, SearcherManager searchers) {
    this.directory = directory;
    this.writer = writer;
    this.searchers = searchers;
  }

  /**
   * What a commit says of itself.
   *
   * @param positions by partition of the log, the next record that is not in it
   */
  record Commit(Instant at, boolean current, Map<TopicPartition, Long> positions) {}

  static SearchIndex open(Path dir) throws IOException {
    return open(MMapDirectory.open(dir));
  }

  static SearchIndex open(Directory directory) throws IOException {
    TieredMergePolicy merges = new TieredMergePolicy();
    merges.setMaxMergedSegmentMB(LARGEST_SEGMENT_MEGABYTES);
    merges.setSegmentsPerTier(6);
    return open(directory, merges);
  }

  /** One to be filled and closed: what it is merged into when opened again is written once. */
  static SearchIndex openToBuild(Path dir) throws IOException {
    return open(MMapDirectory.open(dir), NoMergePolicy.INSTANCE);
  }

  private static SearchIndex open(Directory directory, MergePolicy merges) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(null);
    config.setIndexSort(new Sort(new SortField(Entry.POPULARITY, SortField.Type.INT, true)));
    long heapMegabytes = Runtime.getRuntime().maxMemory() >> 20;
    config.setRAMBufferSizeMB(Math.min(LARGEST_BUFFER_MEGABYTES, heapMegabytes / HEAP_TO_BUFFER));
    config.setUseCompoundFile(false);
    config.setCommitOnClose(false);
    config.setMergePolicy(merges);
    IndexWriter writer = new IndexWriter(directory, config);
    return new SearchIndex(directory, writer, new SearcherManager(writer, new Uncached()));
  }

  /** What the last commit in a directory says; fails if there is none. */
  static Commit lastCommit(Path dir) throws IOException {
    try (Directory directory = MMapDirectory.open(dir);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      Map<TopicPartition, Long> positions = new HashMap<>();
      Map<String, String> data = new HashMap<>(reader.getIndexCommit().getUserData());
      boolean current = CURRENT_FORMAT.equals(data.remove(FORMAT));
      String at = data.remove(COMMITTED_AT);
      data.forEach((partition, next) -> positions.put(partition(partition), Long.valueOf(next)));
      return new Commit(
          Instant.ofEpochMilli(at == null ? 0 : Long.parseLong(at)), current, positions);
    }
  }

  /** For an index that holds nothing yet of the thing. */
  void add(Entry entry) throws IOException {
    writer.addDocument(entry.toDocument());
  }

  /** Puts the thing as it is now in the place of what was there. */
  void put(Entry entry) throws IOException {
    writer.updateDocument(Entry.term(entry.card().id()), entry.toDocument());
  }

  void delete(UUID id) throws IOException {
    writer.deleteDocuments(Entry.term(id));
  }

  /** Makes durable what is in it, as being all of the log before these positions. */
  void commit(Map<TopicPartition, Long> positions, Instant at) throws IOException {
    Map<String, String> data = new HashMap<>();
    positions.forEach((partition, next) -> data.put(partition.toString(), Long.toString(next)));
    data.put(FORMAT, CURRENT_FORMAT);
    data.put(COMMITTED_AT, Long.toString(at.toEpochMilli()));
    writer.setLiveCommitData(data.entrySet());
    writer.commit();
  }

  /** Begins to merge what was built into one segment, in which a query is answered sooner. */
  void merge() throws IOException {
    writer.forceMerge(1, false);
  }

  /** Lets readers see what was put in and merged so far. */
  void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /** What is done with a searcher; it is not used afterwards. */
  interface Read<T> {
    T with(IndexSearcher searcher) throws IOException;
  }

  <T> T read(Read<T> read) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      return read.with(searcher);
    } finally {
      searchers.release(searcher);
    }
  }

  long things() {
    return writer.getDocStats().numDocs;
  }

  /** Merges that are under way are given up; what was not committed is gone. */
  @Override
  public void close() throws IOException {
    searchers.close();
    writer.rollback();
    directory.close();
  }

  private static TopicPartition partition(String text) {
    int dash = text.lastIndexOf('-');
    return new TopicPartition(text.substring(0, dash), Integer.parseInt(text.substring(dash + 1)));
  }

  /** Each query reads so little that looking for it in a cache costs more. */
  private static final class Uncached extends SearcherFactory {
    @Override
    public IndexSearcher newSearcher(IndexReader reader, IndexReader previous) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      return searcher;
    }
  }
}
