package io.downbeat.stream.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.stream.io.Id;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopTracksTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 101, 150, 1_000})
  void isTheTopOfAllThatRoseInWhateverOrder(int tracks) {
    Random random = new Random(tracks);
    Map<Id, Long> streams = new HashMap<>();
    TopTracks top = TopTracks.of(null);
    for (int i = 0; i < 20_000; i++) {
      // Signs of both halves vary, and ties are common.
      Id track =
          new Id(random.nextInt(tracks) % 2 == 0 ? -1 : 1, random.nextInt(tracks) - tracks / 2);
      long[] before = top.toArray();
      boolean changes = top.offer(track, streams.merge(track, 1L + random.nextInt(2), Long::sum));
      assertThat(TopTracks.sum(top.toArray())).isGreaterThanOrEqualTo(TopTracks.sum(before));
      assertThat(changes).isEqualTo(!Arrays.equals(top.toArray(), before));
      if (random.nextInt(100) == 0) {
        top = TopTracks.of(top.toArray());
      }
    }
    List<ChartEntry> expected =
        streams.entrySet().stream()
            .map(each -> new ChartEntry(each.getKey().toUuid(), each.getValue()))
            .sorted()
            .limit(ChartEntry.MOST)
            .toList();
    assertThat(TopTracks.entries(top.toArray())).isEqualTo(expected);
  }

  @Test
  void anOldTotalThatComesAgainChangesNothing() {
    TopTracks top = TopTracks.of(null);
    assertThat(top.offer(new Id(4, 1), 5)).isTrue();
    assertThat(top.offer(new Id(4, 1), 5)).isFalse();
    assertThat(top.offer(new Id(4, 1), 4)).isFalse();
    assertThat(TopTracks.sum(top.toArray())).isEqualTo(5);
  }
}
