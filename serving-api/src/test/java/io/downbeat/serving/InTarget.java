package io.downbeat.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Temporary directories within the build's own, which nobody else tidies up. */
final class InTarget implements TempDirFactory {

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
      throws IOException {
    Path parent = Files.createDirectories(Path.of("target", "test-state").toAbsolutePath());
    return Files.createTempDirectory(parent, "state");
  }
}
