package io.downbeat.local.run.imports;

import java.io.IOException;

/**
 * The import of a file can't begin or go on; the message, for a person, says why and what to do.
 */
public final class CannotImport extends IOException {

  CannotImport(String message) {
    super(message);
  }

  CannotImport(String message, Throwable cause) {
    super(message, cause);
  }
}
