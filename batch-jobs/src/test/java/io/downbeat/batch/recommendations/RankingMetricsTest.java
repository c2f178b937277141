package io.downbeat.batch.recommendations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RankingMetricsTest {
  private static final int[] RANKED = {7, 3, 9, 1};

  @Test
  void recallIsThePartOfTheRelevantThatIsRanked() {
    assertThat(RankingMetrics.recall(RANKED, new int[] {3, 8})).isEqualTo(0.5);
    assertThat(RankingMetrics.recall(RANKED, new int[] {8})).isZero();
    assertThat(RankingMetrics.recall(RANKED, IntStream.range(0, 40).toArray())).isEqualTo(0.1);
  }

  @Test
  void ndcgWeighsAHitByItsPlace() {
    double second = 1 / (Math.log(3) / Math.log(2));
    assertThat(RankingMetrics.ndcg(RANKED, new int[] {7})).isEqualTo(1, within(1e-12));
    assertThat(RankingMetrics.ndcg(RANKED, new int[] {3})).isEqualTo(second, within(1e-12));
    assertThat(RankingMetrics.ndcg(RANKED, new int[] {3, 8}))
        .isEqualTo(second / (1 + second), within(1e-12));
  }

  @Test
  void theBestRankingOfMoreThanTwentyRelevantHasNdcgOne() {
    int[] relevant = IntStream.range(0, 30).toArray();
    assertThat(RankingMetrics.ndcg(IntStream.range(0, 20).toArray(), relevant))
        .isEqualTo(1, within(1e-12));
  }
}
