package io.downbeat.stream.io;

import org.jspecify.annotations.Nullable;

/**
 * A record as it stands in the log, not yet understood.
 *
 * @param topic topic name, the installation's prefix included
 * @param loggedAt when the broker appended it, milliseconds since 1970 (UTC)
 * @param value null where the log holds a tombstone
 */
public record LogRecord(
    String topic, int partition, long offset, long loggedAt, byte @Nullable [] value) {}
