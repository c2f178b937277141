package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.ChartEntry;
import io.downbeat.stream.io.Batching;
import io.downbeat.stream.io.Id;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The top of each chart among the tracks that come to one place: lets only those through, so that
 * one place further on can hold the whole chart. What is left out comes after {@value
 * ChartEntry#MOST} others that were let through, and totals only rise.
 *
 * <p>No state: a top that is forgotten, in a restart or among the oldest of more than {@value
 * #MOST_CHARTS}, lets more through until it is full again. Each takes up to 2.4 kB.
 */
final class Shard extends Batching<Candidate, Candidate> {
  private static final long serialVersionUID = 1;
  private static final int MOST_CHARTS = 10_000;
  private static final int MOST_HELD = 20_000;
  private static final Duration MOMENT = Duration.ofSeconds(5);

  private record Key(ChartKey chart, Id track) {}

  private static final class Tops extends LinkedHashMap<ChartKey, TopTracks> {
    private static final long serialVersionUID = 1;

    Tops() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<ChartKey, TopTracks> eldest) {
      return size() > MOST_CHARTS;
    }
  }

  private transient Map<ChartKey, TopTracks> tops;
  private transient Map<Key, Candidate> changed;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Shard() {
    super(MOMENT, MOMENT);
  }

  static DataStream<Candidate> append(DataStream<Candidate> candidates) {
    return candidates.transform("chart shard", Candidate.TYPE, new Shard()).uid("chart shard");
  }

  @Override
  public void open() throws Exception {
    super.open();
    tops = new Tops();
    changed = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<Candidate> element) {
    Candidate candidate = element.getValue();
    TopTracks top = tops.computeIfAbsent(candidate.chart(), absent -> TopTracks.of(null));
    if (top.offer(candidate.track(), candidate.streams())) {
      changed.put(new Key(candidate.chart(), candidate.track()), candidate);
      if (changed.size() >= MOST_HELD) {
        flush();
      }
    }
  }

  @Override
  protected void flush() {
    changed.values().forEach(candidate -> output.collect(new StreamRecord<>(candidate)));
    changed.clear();
  }
}
