package io.downbeat.local.run.supervise;

/** A part could not be started; the message says which and why. */
public final class StartFailed extends Exception {
  private static final long serialVersionUID = 1;

  StartFailed(String message) {
    super(message);
  }
}
