package io.downbeat.access;

import java.security.PublicKey;
import java.util.Optional;

/** The keys that signatures of access tokens are checked with. Thread-safe. */
@FunctionalInterface
public interface PublicKeys {

  /** Whether there is such a key cannot be told at the moment; later it can. */
  final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnavailableException(String message) {
      super(message);
    }
  }

  /**
   * May wait, in bounded time, if the key is not known yet.
   *
   * @throws UnavailableException if they cannot be read
   */
  Optional<PublicKey> find(String kid);
}
