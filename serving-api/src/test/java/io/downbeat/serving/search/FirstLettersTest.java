package io.downbeat.serving.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.serving.store.CachedReads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FirstLettersTest {
  private static final Duration MAX_AGE = Duration.ofSeconds(5);

  private final AtomicLong nanos = new AtomicLong();
  private final FirstLetters firstLetters =
      new FirstLetters(
          new CachedReads.Settings(MAX_AGE, 20_000), new SimpleMeterRegistry(), nanos::get);

  @Test
  void anAnswerToThreeLettersIsGivenAgainForAWhile() {
    firstLetters.keep(request("bjö"), body("one"));

    nanos.addAndGet(MAX_AGE.toNanos() - 1);
    assertThat(found(request("bjö"))).isEqualTo("one");
    nanos.addAndGet(1);
    assertThat(firstLetters.find(request("bjö"))).isNull();
  }

  @Test
  void lettersOfAllWordsCount() {
    firstLetters.keep(request("a bc"), body("three"));
    firstLetters.keep(request("a bcd"), body("four"));
    firstLetters.keep(request("abcd"), body("four"));

    assertThat(found(request("a bc"))).isEqualTo("three");
    assertThat(firstLetters.find(request("a bcd"))).isNull();
    assertThat(firstLetters.find(request("abcd"))).isNull();
  }

  @Test
  void whoAsksForSomethingElseIsNotGivenIt() {
    firstLetters.keep(request("bj"), body("one"));

    assertThat(firstLetters.find(request("bj", "country", "DE"))).isNull();
    assertThat(firstLetters.find(request("bj", "type", "track"))).isNull();
    assertThat(firstLetters.find(request("bj", "limit", "5"))).isNull();
    assertThat(firstLetters.find(request("bj", "cursor", new SearchCursor.AtRank(20).text())))
        .isNull();
  }

  @Test
  void noMoreIsKeptThanThereIsRoomFor() {
    for (char letter = 'a'; letter <= 'z'; letter++) {
      firstLetters.keep(request(String.valueOf(letter)), body("x".repeat(3_000)));
    }

    long kept =
        "abcdefghijklmnopqrstuvwxyz"
            .chars()
            .filter(letter -> firstLetters.find(request(Character.toString(letter))) != null)
            .count();
    assertThat(kept).isBetween(1L, 5L);
  }

  private static SearchRequest request(String q) {
    return SearchRequest.of(Map.of("q", List.of(q)));
  }

  private static SearchRequest request(String q, String parameter, String value) {
    return SearchRequest.of(Map.of("q", List.of(q), parameter, List.of(value)));
  }

  private @Nullable String found(SearchRequest request) {
    FirstLetters.Body body = firstLetters.find(request);
    return body == null ? null : body.tag();
  }

  private static FirstLetters.Body body(String text) {
    return new FirstLetters.Body(text.getBytes(StandardCharsets.UTF_8), text);
  }
}
