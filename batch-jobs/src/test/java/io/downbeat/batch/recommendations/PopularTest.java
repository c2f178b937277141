package io.downbeat.batch.recommendations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PopularTest {
  private static final UUID ROCK = new UUID(1, 1);
  private static final UUID JAZZ = new UUID(1, 2);
  private final Popular popular =
      new Popular(
          Map.of(
              ROCK,
              List.of(track(1), track(2), track(3)),
              JAZZ,
              List.of(track(11), track(1), track(12)),
              Popular.EVERYTHING,
              List.of(track(21), track(11), track(22))));

  @Test
  void genresTakeTurnsAndTheRestIsWhatEverybodyHears() {
    assertThat(popular.forListener(Map.of(JAZZ, 5, ROCK, 2), Set.of(), 50))
        .containsExactly(track(11), track(1), track(2), track(12), track(3), track(21), track(22));
  }

  @Test
  void whatIsMaskedIsReplacedByTheNext() {
    assertThat(popular.forListener(Map.of(ROCK, 1), Set.of(track(1), track(21)), 3))
        .containsExactly(track(2), track(3), track(11));
  }

  @Test
  void aListenerOfNoKnownGenreGetsWhatEverybodyHears() {
    assertThat(popular.forListener(Map.of(new UUID(1, 9), 4), Set.of(), 2))
        .containsExactly(track(21), track(11));
  }

  private static UUID track(int n) {
    return new UUID(4, n);
  }
}
