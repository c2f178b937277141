package io.downbeat.serving.catalog;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One bound on the native memory of all stores together: blocks, indexes, filters and what is not
 * written out yet share one cache. Kafka Streams makes it by its class name.
 *
 * <p>Indexes and filters are parted into blocks of their own: whole, those of ten million tracks
 * would not stay in the cache, and each read of a track would read megabytes of them.
 */
public final class SmallRocksDb implements RocksDBConfigSetter {
  private static final long LEAST_CACHE_BYTES = 24 << 20;

  /** A large heap is a large catalogue's. */
  private static final long HEAP_TO_CACHE = 8;

  private static final long UNWRITTEN_BYTES = 8 << 20;
  private static final long WRITE_BUFFER_BYTES = 2 << 20;

  private static final Cache CACHE;
  private static final WriteBufferManager UNWRITTEN;

  static {
    RocksDB.loadLibrary();
    CACHE =
        new LRUCache(Math.max(LEAST_CACHE_BYTES, Runtime.getRuntime().maxMemory() / HEAP_TO_CACHE));
    UNWRITTEN = new WriteBufferManager(UNWRITTEN_BYTES, CACHE);
  }

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setCacheIndexAndFilterBlocks(true);
    table.setPinL0FilterAndIndexBlocksInCache(true);
    table.setIndexType(IndexType.kTwoLevelIndexSearch);
    table.setPartitionFilters(true);
    table.setPinTopLevelIndexAndFilter(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(UNWRITTEN);
    options.setWriteBufferSize(WRITE_BUFFER_BYTES);
    options.setMaxWriteBufferNumber(2);
    options.setMaxBackgroundJobs(2);
    options.setMaxOpenFiles(256);
  }

  /** The cache and the manager live as long as the process. */
  @Override
  public void close(String store, Options options) {}
}
