package io.downbeat.stream.recent;

import io.downbeat.stream.io.Batching;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Brings plays of one listener together that come within a moment, or within some seconds of a
 * backlog: each array is one write. Holds at most {@value #MOST_PLAYS}.
 */
final class ByListener extends Batching<HeardPlay, HeardPlay[]> {
  private static final long serialVersionUID = 1;
  private static final int MOST_PLAYS = 20_000;
  private static final int MOST_TOGETHER = 100;
  private static final Duration MOMENT = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private transient Map<Id, List<HeardPlay>> held;
  private transient int plays;

  @SuppressWarnings("NullAway.Init") // open() comes first
  private ByListener() {
    super(MOMENT, LONGEST);
  }

  static DataStream<HeardPlay[]> append(DataStream<HeardPlay> plays) {
    return plays
        .transform("by listener", TypeInformation.of(HeardPlay[].class), new ByListener())
        .uid("by listener");
  }

  @Override
  public void open() throws Exception {
    super.open();
    held = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<HeardPlay> element) {
    HeardPlay play = element.getValue();
    List<HeardPlay> together = held.computeIfAbsent(play.userId(), key -> new ArrayList<>());
    together.add(play);
    plays++;
    if (together.size() == MOST_TOGETHER) {
      send(together);
      together.clear();
    }
    if (plays >= MOST_PLAYS) {
      flush();
    }
  }

  @Override
  protected void flush() {
    held.values().stream().filter(rest -> !rest.isEmpty()).forEach(this::send);
    held.clear();
    plays = 0;
  }

  private void send(List<HeardPlay> together) {
    output.collect(new StreamRecord<>(together.toArray(HeardPlay[]::new)));
  }
}
