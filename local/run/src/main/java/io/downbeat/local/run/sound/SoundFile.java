package io.downbeat.local.run.sound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * One quality's file: header, segment index and segments behind each other.
 *
 * @param header in bytes
 * @param index in bytes
 * @param segments in bytes, each
 */
record SoundFile(Cuts cuts, int track, long header, long index, List<Integer> segments) {
  static final String NAME = "sound.mp4";

  /** A segment is so many fragments, and the first one less, so that its sound begins at once. */
  private static final int FRAGMENTS = 8;

  private static final int FIRST_FRAGMENTS = 2;
  private static final int MOST_FIRST_BYTES = 14_000;

  private static final int INDEX_HEAD = 32;
  private static final int REFERENCE = 12;
  private static final int BEGINS_WITH_SAP_1 = 0x90000000;

  SoundFile {
    segments = List.copyOf(segments);
  }

  /** How many fragments the first segment is, by the lowest quality. */
  static int first(Fragments lowest) {
    long bytes = 0;
    int first = 0;
    for (Fragments.Fragment each : lowest.all()) {
      bytes += each.bytes();
      if (first == FIRST_FRAGMENTS || (first > 0 && bytes > MOST_FIRST_BYTES)) {
        break;
      }
      first++;
    }
    return first;
  }

  /**
   * @param first how many fragments the first segment is
   */
  static SoundFile of(Fragments fragments, int first) {
    List<Integer> bytes = new ArrayList<>();
    List<Long> samples = new ArrayList<>();
    int fragment = 0;
    while (fragment < fragments.all().size()) {
      int end = Math.min(fragment == 0 ? first : fragment + FRAGMENTS, fragments.all().size());
      long segmentBytes = 0;
      long segmentSamples = 0;
      for (Fragments.Fragment each : fragments.all().subList(fragment, end)) {
        segmentBytes += each.bytes();
        segmentSamples += each.samples();
      }
      bytes.add(Math.toIntExact(segmentBytes));
      samples.add(segmentSamples);
      fragment = end;
    }
    return new SoundFile(
        Cuts.of(fragments.timescale(), fragments.priming(), samples),
        fragments.track(),
        fragments.header(),
        INDEX_HEAD + (long) REFERENCE * bytes.size(),
        bytes);
  }

  /**
   * Writes it: what ffmpeg made, and the index.
   *
   * @param fragments the file that this is of
   */
  void write(Path fragments, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(fragments, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copy(in, 0, header, out);
      ByteBuffer box = sidx();
      while (box.hasRemaining()) {
        out.write(box);
      }
      copy(in, header, bytes() - index, out);
    }
  }

  private static void copy(FileChannel in, long begin, long end, FileChannel out)
      throws IOException {
    for (long at = begin; at < end; ) {
      long copied = in.transferTo(at, end - at, out);
      if (copied <= 0) {
        throw new IOException("What ffmpeg made is shorter than it was");
      }
      at += copied;
    }
  }

  /** ISO 14496-12, 8.16.3. */
  ByteBuffer sidx() {
    ByteBuffer box = ByteBuffer.allocate((int) index);
    box.putInt((int) index).put("sidx".getBytes(StandardCharsets.US_ASCII));
    box.putInt(0).putInt(track).putInt(cuts.sampleRate()).putInt(0).putInt(0);
    box.putShort((short) 0).putShort((short) segments.size());
    for (int i = 0; i < segments.size(); i++) {
      box.putInt(segments.get(i)).putInt((int) cuts.length(i)).putInt(BEGINS_WITH_SAP_1);
    }
    return box.flip();
  }

  /** Where a segment begins. */
  long offset(int segment) {
    long offset = header + index;
    for (int i = 0; i < segment; i++) {
      offset += segments.get(i);
    }
    return offset;
  }

  /** How much of the file a player needs to begin. */
  long firstEnd() {
    return offset(1);
  }

  long bytes() {
    return offset(segments.size());
  }

  /** Bits a second, on the average. */
  long average() {
    return Math.round(8.0 * (bytes() - header - index) * cuts.sampleRate() / cuts.end());
  }

  /** Bits a second of the segment with most of them. */
  long most() {
    double most = average();
    // The last one may be shorter than what a player would measure.
    for (int i = 0; i < segments.size() - 1; i++) {
      most = Math.max(most, 8 * segments.get(i) / cuts.seconds(i));
    }
    return (long) Math.ceil(most);
  }
}
