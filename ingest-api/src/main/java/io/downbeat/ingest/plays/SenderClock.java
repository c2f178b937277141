package io.downbeat.ingest.plays;

import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.Rfc3339;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * How far a sender's clock is behind ours: what it says the time is when it sends, beside the time
 * at which its request arrives. Times that it took of the same clock, however long ago, are wrong
 * by as much.
 *
 * @param correction added to a time of the sender's; zero within {@link #EXPLAINED}
 */
record SenderClock(Duration correction) {

  static final String HEADER = "Downbeat-Sent-At";

  /** A clock that is kept, too. */
  static final SenderClock RIGHT = new SenderClock(Duration.ZERO);

  /** The way here may take as long, and then it is no error of the clock. */
  static final Duration EXPLAINED = Duration.ofMinutes(1);

  static final Duration MOST = Duration.ofDays(3_653);

  private static final int LONGEST = 64;

  /**
   * @param sentAt values of the header
   * @param arrivedAt when the request's headers were here
   * @throws Problem 400 if the header is not one time; 422 if the clock is wrong by more than
   *     {@link #MOST}
   */
  static SenderClock of(List<String> sentAt, Instant arrivedAt) {
    if (sentAt.isEmpty()) {
      return RIGHT;
    }
    if (sentAt.size() > 1) {
      throw malformed(String.join(", ", sentAt), "given once only");
    }
    String text = sentAt.get(0).strip();
    Instant time;
    try {
      time = Rfc3339.parse(text.length() > LONGEST ? "" : text);
    } catch (DateTimeException e) {
      throw malformed(text, String.valueOf(e.getMessage()));
    }
    Instant now = arrivedAt.truncatedTo(ChronoUnit.MILLIS);
    Duration correction = Duration.between(time, now);
    if (correction.abs().compareTo(MOST) > 0) {
      throw Problem.invalid(
          new Refusal(HEADER, text, "a time from " + now.minus(MOST) + " to " + now.plus(MOST)));
    }
    return correction.abs().compareTo(EXPLAINED) <= 0 ? RIGHT : new SenderClock(correction);
  }

  /** A time of the sender's by our clock. */
  Instant ours(Instant theirs) {
    return theirs.plus(correction);
  }

  /** A time of ours by the sender's clock. */
  Instant theirs(Instant ours) {
    return ours.minus(correction);
  }

  private static Problem malformed(String value, String rule) {
    Refusal refusal = new Refusal(HEADER, value, rule);
    return new Problem(400, refusal.reason())
        .with("field", refusal.field())
        .with("value", String.valueOf(refusal.value()));
  }
}
