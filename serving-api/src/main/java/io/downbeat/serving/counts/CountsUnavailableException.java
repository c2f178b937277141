package io.downbeat.serving.counts;

/** The counts cannot be read at the moment; later they may be. */
public final class CountsUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  CountsUnavailableException(String message) {
    super(message);
  }

  CountsUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
