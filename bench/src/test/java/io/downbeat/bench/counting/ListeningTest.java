package io.downbeat.bench.counting;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ListeningTest {
  private static final long START = 1_700_006_400_000L;

  private static Listening listening() {
    return new Listening(5, 1_000, 500, START, 1_000);
  }

  @Test
  void theSameSeedGivesTheSamePlays() {
    Listening one = listening();
    Listening other = listening();
    for (int i = 0; i < 20_000; i++) {
      assertThat(one.next()).isEqualTo(other.next());
    }
  }

  @Test
  void aPlayIsSaidToBeTheFirstExactlyWhereNoCopyCameBefore() {
    Listening listening = listening();
    Set<UUID> seen = new HashSet<>();
    int copies = 0;
    for (int i = 0; i < 50_000; i++) {
      Listening.Heard heard = listening.next();
      assertThat(heard.first()).isEqualTo(seen.add(heard.play().getPlayId()));
      copies += heard.first() ? 0 : 1;
    }
    assertThat(copies).as("about one in fifty").isBetween(500, 1_500);
  }

  @Test
  void whatPlaysAddUpToIsToldFromWhatTheyDoNot() {
    World world = new World(1_000);
    Expected expected = new Expected(world);
    Listening.Heard heard = listening().next();
    expected.add(heard);
    expected.add(new Listening.Heard(heard.play(), heard.track(), heard.listener(), false));
    assertThat(expected.plays()).isEqualTo(1);
    long hour = heard.play().getStartedAt().toEpochMilli() / 3_600_000 * 3_600_000;
    Map<String, Long> cells =
        new HashMap<>(Map.of("plays", 1L, "listened_millis", heard.play().getPlayedMillis()));
    if (heard.play().getPlayedMillis() >= 30_000) {
      cells.put("streams", 1L);
    }
    if (heard.play().getEndReason() == EndReason.SKIPPED) {
      cells.put("skips", 1L);
    }
    assertThat(difference(expected, heard, hour, cells)).isNull();
    cells.put("plays", 2L);
    assertThat(difference(expected, heard, hour, cells)).contains("plays=2");
  }

  private static String difference(
      Expected expected, Listening.Heard heard, long hour, Map<String, Long> cells) {
    return expected.difference(CountedKind.TRACK, heard.track(), Granularity.HOUR, hour, cells);
  }
}
