package io.downbeat.bench.startup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A sound as packagers lay it out by default: a master playlist, and for each quality a playlist, a
 * header and segments of six seconds, each a file. The encoded music is that of our files, byte by
 * byte: their fragments of a second, six of them together.
 */
final class PlainFiles {
  private static final int SECONDS = 6;
  private static final int BOX = 8;

  /** A fragment, and when it begins. */
  private record Fragment(int from, int end, long time) {}

  private PlainFiles() {}

  /**
   * @param sound its folder in our store
   * @param to becomes its folder
   */
  static void make(Path sound, Path to) throws IOException {
    Files.createDirectories(to);
    Files.copy(sound.resolve("256.m3u8"), to.resolve("master.m3u8"));
    try (Stream<Path> qualities = Files.list(sound)) {
      for (Path quality : qualities.filter(Files::isDirectory).toList()) {
        cut(quality, Files.createDirectories(to.resolve(quality.getFileName().toString())));
      }
    }
  }

  private static void cut(Path quality, Path to) throws IOException {
    byte[] file = Files.readAllBytes(quality.resolve("sound.mp4"));
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int headerEnd = 0;
    int timescale = 0;
    List<Fragment> fragments = new ArrayList<>();
    for (int at = 0; at < file.length; ) {
      int size = bytes.getInt(at);
      String type = new String(file, at + 4, 4, US_ASCII);
      if (type.equals("moov")) {
        headerEnd = at + size;
        timescale = bytes.getInt(find(file, at, at + size, "mdhd") + 8 + 12);
      } else if (type.equals("moof")) {
        int time = find(file, at, at + size, "tfdt") + 8;
        long begin = file[time] == 0 ? bytes.getInt(time + 4) : bytes.getLong(time + 4);
        fragments.add(new Fragment(at, at + size, begin));
      } else if (type.equals("mdat")) {
        Fragment last = fragments.remove(fragments.size() - 1);
        fragments.add(new Fragment(last.from(), at + size, last.time()));
      }
      if (size < BOX) {
        throw new IOException("Cannot cut %s: a box of %d bytes".formatted(quality, size));
      }
      at += size;
    }
    write(to.resolve("init.mp4"), file, 0, headerEnd);
    double seconds = seconds(Files.readAllLines(quality.resolve("index.m3u8")));
    StringBuilder playlist =
        new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-PLAYLIST-TYPE:VOD\n")
            .append("#EXT-X-TARGETDURATION:" + SECONDS + "\n#EXT-X-INDEPENDENT-SEGMENTS\n")
            .append("#EXT-X-MAP:URI=\"init.mp4\"\n");
    for (int i = 0, segment = 0; i < fragments.size(); i += SECONDS, segment++) {
      int next = Math.min(i + SECONDS, fragments.size());
      Fragment first = fragments.get(i);
      double end =
          next < fragments.size() ? fragments.get(next).time() / (double) timescale : seconds;
      write(to.resolve(segment + ".m4s"), file, first.from(), fragments.get(next - 1).end());
      playlist.append(
          String.format(
              Locale.ROOT,
              "#EXTINF:%.6f,\n%d.m4s\n",
              end - first.time() / (double) timescale,
              segment));
    }
    Files.writeString(to.resolve("index.m3u8"), playlist.append("#EXT-X-ENDLIST\n"));
  }

  private static void write(Path to, byte[] file, int from, int end) throws IOException {
    try (var out = Files.newByteChannel(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(file, from, end - from));
    }
  }

  /** Where a box of this type begins. */
  private static int find(byte[] file, int from, int end, String type) throws IOException {
    byte[] name = type.getBytes(US_ASCII);
    for (int at = from; at + BOX <= end; at++) {
      if (file[at + 4] == name[0]
          && file[at + 5] == name[1]
          && file[at + 6] == name[2]
          && file[at + 7] == name[3]) {
        return at;
      }
    }
    throw new IOException("A sound has no box " + type);
  }

  private static double seconds(List<String> playlist) {
    return playlist.stream()
        .filter(line -> line.startsWith("#EXTINF:"))
        .mapToDouble(line -> Double.parseDouble(line.substring(8, line.indexOf(','))))
        .sum();
  }
}
