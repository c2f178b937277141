package io.downbeat.local.run.api;

import java.io.IOException;

/**
 * The API can't be reached or takes nothing; the message, for a person, says why and what to do.
 */
public final class CannotSend extends IOException {

  public CannotSend(String message) {
    super(message);
  }

  CannotSend(String message, Throwable cause) {
    super(message, cause);
  }
}
