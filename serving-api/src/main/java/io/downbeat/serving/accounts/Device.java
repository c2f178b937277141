package io.downbeat.serving.accounts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A device of a listener.
 *
 * @param sessionUntil when its session ends; null if it is signed out
 */
public record Device(
    UUID deviceId,
    @Nullable String type,
    @Nullable String name,
    @Nullable Instant createdAt,
    @Nullable Instant lastActiveAt,
    @Nullable Instant sessionUntil) {}
