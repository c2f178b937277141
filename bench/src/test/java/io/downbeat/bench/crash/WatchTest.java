package io.downbeat.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WatchTest {
  private static final UUID TRACK = new UUID(7, 7);

  private Optional<Long> plays = Optional.of(0L);
  private long streams = 1;
  private final Watch watch = new Watch(this::answer, List.of(TRACK));

  private Optional<JsonNode> answer(String path) {
    return plays.map(value -> path.contains("/charts/") ? chart() : counts(value));
  }

  private static JsonNode counts(long value) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.putObject("totals").put("plays", value);
    return answer;
  }

  private JsonNode chart() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("from", "2026-01-01T00:00:00Z");
    if (streams > 0) {
      answer
          .putArray("entries")
          .addObject()
          .put("streams", streams)
          .putObject("track")
          .put("track_id", TRACK.toString());
    }
    return answer;
  }

  @Test
  void growingIsRightAndNoAnswerIsNoLess() throws Exception {
    watch.look(0);
    plays = Optional.of(2L);
    streams = 2;
    watch.look(0);
    plays = Optional.empty();
    watch.look(0);
    plays = Optional.of(2L);
    watch.look(0);
    assertThat(watch.wentBack()).isEmpty();
    assertThat(watch.reads()).isEqualTo(9);
  }

  @Test
  void aMeasureThatIsLessThanOnceIsNoticed() throws Exception {
    plays = Optional.of(3L);
    watch.look(0);
    plays = Optional.of(2L);
    watch.look(0);
    assertThat(watch.wentBack())
        .contains(
            "everything plays was 3 and then 2", "tracks/" + TRACK + " plays was 3 and then 2");
  }

  @Test
  void aTrackThatFallsOutOfAChartWithRoomIsNoticed() throws Exception {
    watch.look(0);
    streams = 0;
    watch.look(0);
    assertThat(watch.wentBack()).hasSize(1);
  }
}
