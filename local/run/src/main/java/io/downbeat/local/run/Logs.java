package io.downbeat.local.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the ends of log files, a bounded part of them. */
final class Logs {
  /** Enough for the last lines of any log; also the most that one look at a growing log takes. */
  private static final int TAIL_BYTES = 1 << 20;

  private Logs() {}

  /** At most {@code lines} whole lines from the end; none where there is no such file. */
  static List<String> tail(Path file, int lines) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    long size = Files.size(file);
    long from = Math.max(0, size - TAIL_BYTES);
    List<String> all = read(file, from, size).lines().toList();
    int cut = from > 0 ? 1 : 0;
    return all.subList(Math.max(Math.min(cut, all.size()), all.size() - lines), all.size());
  }

  /** What was appended after {@code position}, up to the last whole line of the first MiB of it. */
  static String after(Path file, long position) throws IOException {
    long end = Math.min(Files.size(file), position + TAIL_BYTES);
    String text = read(file, position, end);
    int lastLine = text.lastIndexOf('\n') + 1;
    return lastLine == 0 && end - position == TAIL_BYTES ? text : text.substring(0, lastLine);
  }

  private static String read(Path file, long from, long to) throws IOException {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.max(0, Math.min(log.length(), to) - from)];
      log.seek(from);
      log.readFully(bytes);
      return new String(bytes, UTF_8);
    }
  }
}
