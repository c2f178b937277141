package io.downbeat.ingest.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class LinesTest {

  private static final int LONGEST = 8;

  @Property
  void theyAreTheTextSplitAtItsLineEnds(
      @ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 5) int readAtOnce)
      throws IOException {
    List<String> expected = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    if (expected.get(expected.size() - 1).isEmpty()) {
      expected.remove(expected.size() - 1);
    }
    expected.replaceAll(line -> line.length() > LONGEST ? "too long" : line);

    assertThat(read(slow(text, readAtOnce))).isEqualTo(expected);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars('a', '\n').ofMaxLength(80);
  }

  @Test
  void aLineMayBeAsLongAsTheLimitAndNoLonger() throws IOException {
    assertThat(read(slow("12345678\n123456789\n1\n12345678", 100)))
        .containsExactly("12345678", "too long", "1", "12345678");
  }

  @Test
  void blankIsWhatHoldsNothingButBlanks() throws IOException {
    Lines lines = new Lines(slow(" \t\r\nx\n\n", 100), LONGEST);
    List<Boolean> blank = new ArrayList<>();
    while (lines.next()) {
      blank.add(lines.isBlank());
    }
    assertThat(blank).containsExactly(true, false, true);
    assertThat(lines.number()).isEqualTo(3);
  }

  private static List<String> read(InputStream in) throws IOException {
    Lines lines = new Lines(in, LONGEST);
    List<String> read = new ArrayList<>();
    while (lines.next()) {
      read.add(
          lines.tooLong()
              ? "too long"
              : new String(lines.bytes(), lines.offset(), lines.length(), UTF_8));
      assertThat(lines.number()).isEqualTo(read.size());
    }
    return read;
  }

  private static InputStream slow(String text, int atOnce) {
    return new ByteArrayInputStream(text.getBytes(UTF_8)) {
      @Override
      public int read(byte[] to, int offset, int length) {
        return super.read(to, offset, Math.min(length, atOnce));
      }
    };
  }
}
