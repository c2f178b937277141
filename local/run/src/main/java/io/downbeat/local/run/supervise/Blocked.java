package io.downbeat.local.run.supervise;

/**
 * A start that will fail again until somebody does what the message says. The rest may run without
 * this part meanwhile.
 */
public final class Blocked extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message first line: what is wrong, and the command that mends it
   */
  public Blocked(String message) {
    super(message);
  }
}
