package io.downbeat.local.run.sound;

import java.io.IOException;

/** A file that is no sound, or a broken one. */
final class CannotEncode extends IOException {
  private static final long serialVersionUID = 1;

  CannotEncode(String message) {
    super(message);
  }
}
