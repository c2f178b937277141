package io.downbeat.serving.audits;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An audit as it is answered.
 *
 * @param days how many days back were audited; null for everything
 * @param snapshotBefore of the lake, as text: the number has 64 bits
 */
public record Audit(
    Instant auditedAt,
    long durationMillis,
    @Nullable Integer days,
    String snapshotBefore,
    String snapshotAfter,
    Map<String, Long> counts,
    Map<String, Long> drift,
    Map<String, Long> charts,
    List<Map<String, String>> examples) {}
