package io.downbeat.local.run.sound;

import java.io.IOException;

/** A file is no sound or picture, or a broken one; the message says why, of "it". */
public final class CannotEncode extends IOException {
  private static final long serialVersionUID = 1;

  CannotEncode(String message) {
    super(message);
  }

  CannotEncode(String message, Throwable cause) {
    super(message, cause);
  }
}
