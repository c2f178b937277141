package io.downbeat.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AccountTest {
  private static final UUID TRACK = new UUID(7, 7);
  private static final UUID ARTIST = new UUID(8, 8);

  private final Ledger ledger = new Ledger();
  private final SentPlay first = play(1, 40_000);
  private final SentPlay second = play(2, 10_000);

  private static SentPlay play(long id, long playedMillis) {
    return new SentPlay(
        new UUID(0, id),
        new UUID(9, 9),
        null,
        null,
        TRACK,
        Instant.parse("2026-01-02T03:04:05Z"),
        playedMillis,
        false,
        0);
  }

  private void acknowledge(SentPlay... plays) {
    ledger.send(List.of(plays));
    ledger.acknowledge(List.of(plays));
  }

  private Account account(Map<UUID, Integer> rows, long plays, long streams) throws Exception {
    return Account.of(
        ledger,
        rows,
        path -> Optional.of(path.contains("/charts/") ? chart(streams) : counts(plays, streams)),
        track -> Optional.of(ARTIST));
  }

  private static JsonNode counts(long plays, long streams) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer
        .putObject("totals")
        .put("plays", plays)
        .put("streams", streams)
        .put("listened_millis", 50_000)
        .put("skips", 0)
        .put("listeners", 1);
    return answer;
  }

  private static JsonNode chart(long streams) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode entries = answer.putArray("entries");
    entries.addObject().put("streams", streams).putObject("track").put("track_id", TRACK + "");
    return answer;
  }

  @Test
  void whatIsInTheLakeAndCountedOnceIsRight() throws Exception {
    acknowledge(first, second);
    Account account = account(Map.of(first.playId(), 1, second.playId(), 1), 2, 1);
    assertThat(account.lost()).isEmpty();
    assertThat(account.doubled()).isEmpty();
    assertThat(account.neverSent()).isZero();
    assertThat(account.differences()).isEmpty();
    assertThat(account.rows()).isEqualTo(2);
  }

  @Test
  void anAcknowledgedPlayWithoutARowIsLostAndOneWithTwoIsDoubled() throws Exception {
    acknowledge(first, second);
    Account account = account(Map.of(second.playId(), 2, new UUID(5, 5), 1), 2, 1);
    assertThat(account.lost()).containsExactly(first);
    assertThat(account.doubled()).containsExactly(second);
    assertThat(account.neverSent()).isEqualTo(1);
    assertThat(account.rows()).isEqualTo(3);
  }

  @Test
  void aCountThatIsOffShowsForEveryThingAndInTheChart() throws Exception {
    acknowledge(first, second);
    Account account = account(Map.of(first.playId(), 1, second.playId(), 1), 3, 2);
    assertThat(account.differences())
        .anyMatch(line -> line.startsWith("everything should be"))
        .anyMatch(line -> line.startsWith("tracks/" + TRACK + " should be"))
        .anyMatch(line -> line.startsWith("artists/" + ARTIST + " should be"))
        .anyMatch(line -> line.startsWith("chart of 2026-01-02T00:00:00Z"));
  }

  @Test
  void aPlayOfUnknownOutcomeMayBeThereOrNotButNotTwice() throws Exception {
    acknowledge(first);
    ledger.send(List.of(second));
    assertThat(ledger.unknown()).isEqualTo(1);
    assertThat(account(Map.of(first.playId(), 1), 1, 1).lost()).isEmpty();
    Account there = account(Map.of(first.playId(), 1, second.playId(), 1), 2, 1);
    assertThat(there.differences()).isEmpty();
    Account twice = account(Map.of(first.playId(), 1, second.playId(), 2), 2, 1);
    assertThat(twice.doubled()).containsExactly(second);
  }
}
