package io.downbeat.access.http;

import java.time.Duration;

/** Whoever asks has to wait: 429. Nothing of the request was taken in. */
public final class TooManyRequestsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Duration retryAfter;

  TooManyRequestsException(Duration retryAfter) {
    super("Too many requests; try again in " + retryAfter.toSeconds() + " s", null, false, false);
    this.retryAfter = retryAfter;
  }

  /** In whole seconds, at least one. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
