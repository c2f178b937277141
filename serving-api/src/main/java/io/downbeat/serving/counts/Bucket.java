package io.downbeat.serving.counts;

import java.time.Instant;

/** What was counted from {@code start} on, for an hour or a day. */
public record Bucket(Instant start, Measures measures) {}
