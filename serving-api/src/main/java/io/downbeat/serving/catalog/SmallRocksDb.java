package io.downbeat.serving.catalog;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * One bound on the native memory of all stores together: blocks, indexes, filters and what is not
 * written out yet share one cache. Kafka Streams makes it by its class name.
 */
public final class SmallRocksDb implements RocksDBConfigSetter {
  private static final long CACHE_BYTES = 24 << 20;
  private static final long UNWRITTEN_BYTES = 8 << 20;
  private static final long WRITE_BUFFER_BYTES = 2 << 20;

  private static final Cache CACHE;
  private static final WriteBufferManager UNWRITTEN;

  static {
    RocksDB.loadLibrary();
    CACHE = new LRUCache(CACHE_BYTES);
    UNWRITTEN = new WriteBufferManager(UNWRITTEN_BYTES, CACHE);
  }

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(CACHE);
    table.setCacheIndexAndFilterBlocks(true);
    table.setPinL0FilterAndIndexBlocksInCache(true);
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
