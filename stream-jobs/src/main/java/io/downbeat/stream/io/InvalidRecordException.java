package io.downbeat.stream.io;

/** A record that can be read but breaks a rule. Trying again will not help. */
public final class InvalidRecordException extends Exception {
  private static final long serialVersionUID = 1;

  public InvalidRecordException(String field, Object value, String rule) {
    super(field + " is " + value + ", but a valid one " + rule);
  }
}
