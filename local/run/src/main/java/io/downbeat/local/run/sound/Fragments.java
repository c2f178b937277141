package io.downbeat.local.run.sound;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a fragmented MP4 file with one track of sound (ISO 14496-12) is made of: a header, and
 * fragments behind it.
 *
 * @param header how many bytes come before the first fragment
 * @param priming what is before the sound, in samples, as the edit list says
 */
record Fragments(long header, int track, int timescale, int priming, List<Fragment> all) {
  private static final int BOX = 8;
  private static final int MOST_HEADER = 1 << 20;

  private static final int HAS_BASE = 0x1;
  private static final int HAS_DESCRIPTION = 0x2;
  private static final int HAS_DEFAULT_DURATION = 0x8;
  private static final int HAS_OFFSET = 0x1;
  private static final int HAS_FIRST_FLAGS = 0x4;
  private static final int HAS_DURATIONS = 0x100;
  private static final int OF_EACH_SAMPLE = 0xf00;

  record Fragment(long bytes, long samples) {}

  /**
   * @throws CannotEncode if there is no sound in it
   */
  static Fragments read(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      Header header = new Header();
      List<Fragment> fragments = new ArrayList<>();
      long begin = -1;
      long samples = 0;
      long headerBytes = 0;
      for (long at = 0; at < in.size(); ) {
        ByteBuffer head = bytes(in, at, BOX);
        long size = Integer.toUnsignedLong(head.getInt());
        String type = type(head);
        if (size < BOX || at + size > in.size()) {
          throw new IOException("Cannot read what ffmpeg made: box " + type + " of " + size);
        }
        switch (type) {
          case "moov" -> header.read(bytes(in, at + BOX, (int) Math.min(size, MOST_HEADER) - BOX));
          case "moof" -> {
            begin = at;
            samples = header.samples(bytes(in, at + BOX, (int) Math.min(size, MOST_HEADER) - BOX));
          }
          case "mdat" -> fragments.add(new Fragment(at + size - begin, samples));
          default -> {}
        }
        if (begin < 0) {
          headerBytes = at + size;
        }
        at += size;
      }
      if (fragments.isEmpty()) {
        throw new CannotEncode("there is no sound in it");
      }
      return new Fragments(
          headerBytes, header.track, header.timescale, header.priming, List.copyOf(fragments));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("Cannot read what ffmpeg made", e);
    }
  }

  /** What of the header says how to read the fragments. */
  private static final class Header {
    int track;
    int timescale;
    int priming;
    int defaultDuration;

    void read(ByteBuffer boxes) {
      each(
          boxes,
          box -> {
            switch (box.type()) {
              case "trak", "mdia", "edts", "mvex" -> read(box.content());
              case "tkhd" -> track = box.skip(times(box)).getInt();
              case "mdhd" -> timescale = box.skip(times(box)).getInt();
              case "elst" -> priming = box.skip(box.version() == 1 ? 20 : 12).getInt();
              case "trex" -> defaultDuration = box.skip(12).getInt();
              default -> {}
            }
          });
    }

    /** Version, flags, and two times. */
    private static int times(Box box) {
      return box.version() == 1 ? 20 : 12;
    }

    long samples(ByteBuffer moof) {
      long[] duration = {defaultDuration};
      long[] samples = {0};
      each(
          moof,
          traf -> {
            if (!traf.type().equals("traf")) {
              return;
            }
            each(
                traf.content(),
                box -> {
                  int flags = box.flags();
                  if (box.type().equals("tfhd") && (flags & HAS_DEFAULT_DURATION) != 0) {
                    int before =
                        8
                            + ((flags & HAS_BASE) != 0 ? 8 : 0)
                            + ((flags & HAS_DESCRIPTION) != 0 ? 4 : 0);
                    duration[0] = Integer.toUnsignedLong(box.skip(before).getInt());
                  } else if (box.type().equals("trun")) {
                    samples[0] += ofRun(box, flags, duration[0]);
                  }
                });
          });
      return samples[0];
    }

    private static long ofRun(Box box, int flags, long duration) {
      ByteBuffer in = box.skip(4);
      int count = in.getInt();
      if ((flags & HAS_DURATIONS) == 0) {
        return count * duration;
      }
      in.position(
          in.position()
              + ((flags & HAS_OFFSET) != 0 ? 4 : 0)
              + ((flags & HAS_FIRST_FLAGS) != 0 ? 4 : 0));
      int more = 4 * (Integer.bitCount(flags & OF_EACH_SAMPLE) - 1);
      long samples = 0;
      for (int i = 0; i < count; i++) {
        samples += Integer.toUnsignedLong(in.getInt());
        in.position(in.position() + more);
      }
      return samples;
    }
  }

  private record Box(String type, ByteBuffer content) {
    int version() {
      return content.get(0);
    }

    int flags() {
      return content.getInt(0) & 0xffffff;
    }

    ByteBuffer skip(int bytes) {
      return content.duplicate().position(bytes);
    }
  }

  private static void each(ByteBuffer boxes, Consumer<Box> reader) {
    while (boxes.remaining() >= BOX) {
      int size = boxes.getInt();
      String type = type(boxes);
      reader.accept(new Box(type, boxes.slice(boxes.position(), size - BOX)));
      boxes.position(boxes.position() + size - BOX);
    }
  }

  private static String type(ByteBuffer in) {
    byte[] type = new byte[4];
    in.get(type);
    return new String(type, StandardCharsets.ISO_8859_1);
  }

  private static ByteBuffer bytes(FileChannel in, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && in.read(bytes, at + bytes.position()) >= 0) {}
    return bytes.flip();
  }
}
