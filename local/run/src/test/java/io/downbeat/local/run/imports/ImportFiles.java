package io.downbeat.local.run.imports;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.zip.GZIPOutputStream;

/** Files to import. */
final class ImportFiles {

  private ImportFiles() {}

  /** A play of track t0, t1, … by artist A every second. */
  static String radioPlays(int rows) {
    LocalDateTime start = LocalDateTime.of(2014, 1, 1, 0, 0);
    StringBuilder text =
        new StringBuilder("local_time\tprogram\tartist\ttrack\talbum\tduration_s\n");
    for (int i = 0; i < rows; i++) {
      text.append(start.plusSeconds(i).format(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss")))
          .append("\tp\tA\tt")
          .append(i)
          .append("\t \t100\n");
    }
    return text.toString();
  }

  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }
}
