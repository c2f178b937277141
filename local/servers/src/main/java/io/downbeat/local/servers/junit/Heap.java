package io.downbeat.local.servers.junit;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;

/** This process's heap. */
public final class Heap {

  private Heap() {}

  /**
   * Bytes that a full collection leaves, as the collector counts them: what other threads allocate
   * right after it is not among them.
   */
  public static long used() {
    System.gc();
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getCollectionUsage().getUsed())
        .sum();
  }
}
