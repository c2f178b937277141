package io.downbeat.ingest.library;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.downbeat.ingest.http.Problem;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LikesRequestTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);

  @Test
  void idsAreLikedNow() {
    assertThat(likes("{'ids':['%s','%s','%s']}".formatted(B, A, B)))
        .containsExactly(Map.entry(B, NOW), Map.entry(A, NOW));
  }

  @Test
  void likesHaveTheirTimesAndOfTwoTheFirstCounts() {
    assertThat(
            likes(
                "{'likes':[{'id':'%s','added_at':'2020-02-03T04:05:06.789Z'},{'id':'%s'},{'id':'%s'}]}"
                    .formatted(A, B, A)))
        .containsExactly(
            Map.entry(A, Instant.parse("2020-02-03T04:05:06.789Z")), Map.entry(B, NOW));
  }

  @Test
  void aTimeToComeIsRefused() {
    assertRefused(
        "{'likes':[{'id':'%s','added_at':'2026-01-01T12:00:00.001Z'}]}".formatted(A),
        "a time from 1970-01-01T00:00:00Z to 2026-01-01T12:00:00Z");
  }

  @Test
  void whatIsNoIdIsNamed() {
    Problem problem = assertRefused("{'ids':['%s','abc']}".formatted(A), "a UUID");
    assertThat(problem.status()).isEqualTo(422);
    assertRefused("{'likes':[{'added_at':'2026-01-01T12:00:00Z'}]}", "required");
    assertRefused("{'likes':['%s']}".formatted(A), "an object");
  }

  @Test
  void itIsEitherIdsOrLikes() {
    assertRefused("{}", "either ids or likes");
    assertRefused("{'ids':[],'likes':[]}", "either ids or likes");
    assertRefused("{'tracks':[]}", "not a known field");
    assertRefused("[]", "an object");
  }

  @Test
  void tenThousandAreTheMost() {
    assertThat(likes(ids(10_000))).hasSize(10_000);
    assertRefused(ids(10_001), "a list of at most 10000");
  }

  @Test
  void whatIsNotJsonIs400() {
    for (String body : new String[] {"", "{", "{'ids':[", "{'ids':[]} 1", "x"}) {
      assertThat(failure(body).status()).as(body).isEqualTo(400);
    }
  }

  private static String ids(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "'" + new UUID(1, i) + "'")
        .collect(Collectors.joining(",", "{'ids':[", "]}"));
  }

  private static Map<UUID, Instant> likes(String body) {
    return LikesRequest.read(body.replace('\'', '"').getBytes(UTF_8), NOW).likes();
  }

  private static Problem failure(String body) {
    return catchThrowableOfType(Problem.class, () -> likes(body));
  }

  private static Problem assertRefused(String body, String rule) {
    Problem problem = failure(body);
    assertThat(problem).hasMessage(rule);
    assertThat(problem.status()).isEqualTo(422);
    return problem;
  }
}
