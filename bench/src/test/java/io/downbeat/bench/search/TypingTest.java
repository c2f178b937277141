package io.downbeat.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.bench.search.corpus.Corpus;
import io.downbeat.bench.search.corpus.Names;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypingTest {
  private final Corpus corpus = new Corpus(Names.catalogue(), 5_000, 1);

  @Test
  void theSameSeedTypesTheSame() {
    assertThat(new Typing(corpus, 5).next(2_000)).isEqualTo(new Typing(corpus, 5).next(2_000));
  }

  @Test
  void eachSearchGrowsLetterByLetterAndNeverEndsInABlank() {
    List<String> typed = new Typing(corpus, 5).next(40_000);
    for (int i = 40; i < typed.size(); i++) {
      String before = typed.get(i - 40);
      String now = typed.get(i);
      assertThat(now).isNotBlank().isEqualTo(now.strip());
      assertThat(now.length() == 1 || now.startsWith(before) && now.length() <= before.length() + 2)
          .as("%s after %s", now, before)
          .isTrue();
    }
  }
}
