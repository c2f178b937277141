package io.downbeat.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
  @TempDir Path directory;

  @Test
  void theTailIsTheLastLines() throws IOException {
    Path file = Files.writeString(directory.resolve("kafka.log"), "one\ntwo\nthree\n");
    assertThat(Logs.tail(file, 2)).containsExactly("two", "three");
    assertThat(Logs.tail(file, 10)).containsExactly("one", "two", "three");
  }

  @Test
  void ofALongLogOnlyWholeLinesOfItsEndAreRead() throws IOException {
    String line = "x".repeat(99) + "\n";
    Path file = Files.writeString(directory.resolve("kafka.log"), line.repeat(30_000));
    assertThat(Logs.tail(file, 20_000))
        .hasSize((1 << 20) / 100)
        .allMatch(each -> each.length() == 99);
  }

  @Test
  void aLogThatIsNotThereIsEmpty() throws IOException {
    assertThat(Logs.tail(directory.resolve("kafka.log"), 2)).isEmpty();
  }

  @Test
  void ofWhatWasAppendedOnlyWholeLinesAreShown() throws IOException {
    Path file = Files.writeString(directory.resolve("kafka.log"), "one\ntwo\nthr");
    assertThat(Logs.after(file, 4)).isEqualTo("two\n");
  }
}
