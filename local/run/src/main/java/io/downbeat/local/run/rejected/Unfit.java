package io.downbeat.local.run.rejected;

/** A rejected record that can't be put back like this; it stays as it is. */
final class Unfit extends Exception {
  private static final long serialVersionUID = 1;

  Unfit(String message, Throwable cause) {
    super(message, cause);
  }

  Unfit(String message) {
    super(message);
  }
}
