package io.downbeat.ingest.accounts;

import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.schemas.avro.SecurityEvent;
import io.downbeat.schemas.avro.SecurityEventType;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells topic {@code security-events} and the metrics. Whoever did it is not made to wait, and what
 * the log does not take is counted and lost. Thread-safe.
 */
public final class SecurityLog {
  private final TopicWriter<SecurityEvent> events;
  private final Clock clock;
  private final MeterRegistry meters;

  public SecurityLog(TopicWriter<SecurityEvent> events, Clock clock, MeterRegistry meters) {
    this.events = events;
    this.clock = clock;
    this.meters = meters;
  }

  void note(SecurityEventType type, UUID userId, @Nullable UUID deviceId) {
    count(type, "noted");
    events.append(
        userId,
        new SecurityEvent(type, userId, deviceId, clock.instant()),
        failure -> {
          if (failure != null) {
            count(type, "lost");
          }
        });
  }

  /** Of nobody's account. */
  void note(SecurityEventType type) {
    count(type, "of nobody");
  }

  private void count(SecurityEventType type, String outcome) {
    meters
        .counter(
            "downbeat.security.events",
            "type",
            type.name().toLowerCase(Locale.ROOT),
            "outcome",
            outcome)
        .increment();
  }
}
