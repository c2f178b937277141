package io.downbeat.bench.crash;

import java.nio.file.Path;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Reads Iceberg's files on the local disk, by {@code file:} URI or plain path. Thread-safe. */
public final class LocalFiles implements FileIO {
  private static final long serialVersionUID = 1;

  @Override
  public InputFile newInputFile(String location) {
    return Files.localInput(Path.of(location.replaceFirst("^file:/*", "/")).toFile());
  }

  @Override
  public OutputFile newOutputFile(String location) {
    throw new UnsupportedOperationException("Cannot write " + location + ": this one only reads");
  }

  @Override
  public void deleteFile(String location) {
    throw new UnsupportedOperationException("Cannot delete " + location + ": this one only reads");
  }
}
