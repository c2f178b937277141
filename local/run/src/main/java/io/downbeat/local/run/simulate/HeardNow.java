package io.downbeat.local.run.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Moves simulated plays to the time at which they are sent: each is as late as it was, and a copy
 * is the same as the one before it. For one thread.
 */
final class HeardNow {
  /** For longer than this no copy is on its way. */
  private static final Duration COPIES_COME = Duration.ofMinutes(15);

  /** When what arrived from a simulated time on was sent. */
  private final TreeMap<Instant, Instant> sent = new TreeMap<>();

  /**
   * @param upload the next one in the order of arrival
   */
  Play move(Upload upload, Instant now) {
    if (!upload.again()) {
      sent.putIfAbsent(upload.arrivesAt(), now);
      sent.headMap(upload.arrivesAt().minus(COPIES_COME)).clear();
    }
    Play play = upload.play();
    Map.Entry<Instant, Instant> entry = sent.floorEntry(upload.firstArrivesAt());
    Instant first = entry == null ? now : entry.getValue();
    return play.at(first.minus(Duration.between(play.startedAt(), upload.firstArrivesAt())));
  }
}
