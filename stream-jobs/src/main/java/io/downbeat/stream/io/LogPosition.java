package io.downbeat.stream.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Where to go on in topic plays after a rebuild; a file beside the metadata of the savepoint that
 * it belongs to.
 *
 * @param offsets the next one of each partition
 */
public record LogPosition(Map<Integer, Long> offsets) {
  private static final String FILE = "plays-offsets";

  public LogPosition {
    offsets = Map.copyOf(offsets);
  }

  /** A line a partition: its number and the offset. */
  public void write(String savepoint) throws IOException {
    String lines =
        new TreeMap<>(offsets)
            .entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                .collect(Collectors.joining());
    Path file = new Path(savepoint, FILE);
    try (OutputStream out = file.getFileSystem().create(file, FileSystem.WriteMode.OVERWRITE)) {
      out.write(lines.getBytes(UTF_8));
    }
  }

  /** Empty unless the checkpoint is the savepoint of a rebuild. */
  public static Optional<LogPosition> read(String checkpoint) throws IOException {
    Path file = new Path(checkpoint, FILE);
    FileSystem files = file.getFileSystem();
    if (!files.exists(file)) {
      return Optional.empty();
    }
    try (FSDataInputStream in = files.open(file);
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      return Optional.of(
          new LogPosition(
              lines
                  .lines()
                  .map(line -> line.split(" ", -1))
                  .collect(
                      Collectors.toMap(
                          fields -> Integer.valueOf(fields[0]),
                          fields -> Long.valueOf(fields[1])))));
    }
  }
}
