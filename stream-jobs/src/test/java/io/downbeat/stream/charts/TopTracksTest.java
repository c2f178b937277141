package io.downbeat.stream.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.stream.io.Id;
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
    long[] top = TopTracks.none();
    for (int i = 0; i < 20_000; i++) {
      // Signs of both halves vary, and ties are common.
      Id track =
          new Id(random.nextInt(tracks) % 2 == 0 ? -1 : 1, random.nextInt(tracks) - tracks / 2);
      long[] before = top.clone();
      top = TopTracks.offer(top, track, streams.merge(track, 1L + random.nextInt(2), Long::sum));
      assertThat(TopTracks.sum(top)).isGreaterThanOrEqualTo(TopTracks.sum(before));
    }
    List<ChartEntry> expected =
        streams.entrySet().stream()
            .map(each -> new ChartEntry(each.getKey().toUuid(), each.getValue()))
            .sorted()
            .limit(ChartEntry.MOST)
            .toList();
    assertThat(TopTracks.entries(top)).isEqualTo(expected);
  }

  @Test
  void anOldTotalThatComesAgainChangesNothing() {
    long[] top = TopTracks.offer(TopTracks.none(), new Id(4, 1), 5);
    assertThat(TopTracks.offer(top, new Id(4, 1), 5)).isSameAs(top);
    assertThat(TopTracks.offer(top, new Id(4, 1), 4)).isSameAs(top);
  }
}
