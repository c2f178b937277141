package io.downbeat.stream.io;

import org.jspecify.annotations.Nullable;

/**
 * A record as it stands in the log, not yet understood.
 *
 * @param topic topic name, the installation's prefix included
 * @param value null where the log holds a tombstone
 */
public record LogRecord(String topic, int partition, long offset, byte @Nullable [] value) {}
