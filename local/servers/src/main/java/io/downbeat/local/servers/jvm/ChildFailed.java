package io.downbeat.local.servers.jvm;

/**
 * A child JVM did not start, did not become ready or did not end; the message holds the last lines
 * of its log.
 */
public final class ChildFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  ChildFailed(String message) {
    super(message);
  }

  ChildFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
