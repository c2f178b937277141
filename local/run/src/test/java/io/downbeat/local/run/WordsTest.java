package io.downbeat.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT59.9S, 59 s",
    "PT12M5S, 12 min 5 s",
    "PT3H4M59S, 3 h 4 min",
    "P2DT5H59M, 2 d 5 h",
    "-PT1S, 0 s"
  })
  void spansReadWithTheirTwoLargestUnits(Duration span, String words) {
    assertThat(Words.span(span)).isEqualTo(words);
  }
}
