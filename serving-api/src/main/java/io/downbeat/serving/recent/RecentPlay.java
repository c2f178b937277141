package io.downbeat.serving.recent;

import java.time.Instant;
import java.util.UUID;

/** A play in a listener's list. */
public record RecentPlay(UUID playId, Instant startedAt, UUID trackId, long playedMillis) {}
