package io.downbeat.serving.store;

/** A view cannot be read at the moment; later it can. */
public final class StoreUnavailableException extends Exception {
  private static final long serialVersionUID = 1;

  public StoreUnavailableException(String message) {
    super(message);
  }

  StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
