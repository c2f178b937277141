package io.downbeat.local.servers;

import io.downbeat.local.servers.jvm.ChildJvm;

/**
 * A real server that can run on this machine, bound to 127.0.0.1, its data in {@code
 * <home>/<name>}. Data and addresses survive a clean stop and a kill -9. Immutable.
 */
public sealed interface Server permits Cassandra, Kafka, LakeCatalog, Registry {
  /** Also the name of its data directory and of its files in {@code run/} and {@code logs/}. */
  String name();

  /**
   * Writes its configuration and says how to start it. The first call on a machine may download it.
   */
  ChildJvm.Spec prepare();
}
