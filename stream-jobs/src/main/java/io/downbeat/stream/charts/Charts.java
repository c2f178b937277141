package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.io.Batching;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the whole of each chart and sends out those that changed: every other second those of now,
 * with the checkpoints those of windows that are over. A track is in the charts of the genres that
 * its record had when it was last streamed.
 *
 * <p>State a chart: its entries, 24 bytes each, dropped by {@link BucketExpiry}.
 */
public final class Charts extends Batching<Candidate, Chart> {
  private static final long serialVersionUID = 1;
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final StateTtlConfig memory;
  private final boolean all;
  private transient ValueState<long[]> top;
  private transient Map<ChartKey, long[]> changed;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Charts(StateTtlConfig memory, boolean all) {
    super(INTERVAL, LONGEST);
    this.memory = memory;
    this.all = all;
  }

  /**
   * @param totals of one thing each, those of tracks by hour, day and week among them
   * @param window whose charts are kept here
   * @param memory of each chart
   * @param all whether every chart of a restored state goes out once, changed or not
   */
  public static DataStream<Chart> append(
      DataStream<Tally[]> totals,
      DataStream<CatalogTrack> tracks,
      OpenWindow window,
      StateTtlConfig memory,
      boolean all) {
    return Shard.append(Candidates.append(totals, tracks, window, memory), memory)
        .keyBy(Candidate::chart, ChartKey.TYPE)
        .transform("charts", TypeInformation.of(Chart.class), new Charts(memory, all))
        .uid("charts");
  }

  @Override
  public void open() throws Exception {
    super.open();
    ValueStateDescriptor<long[]> descriptor =
        new ValueStateDescriptor<>("top", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);
    descriptor.enableTimeToLive(memory);
    top = getRuntimeContext().getState(descriptor);
    changed = new HashMap<>();
    if (all) {
      KeyedStateBackend<ChartKey> backend = getKeyedStateBackend();
      backend.applyToAllKeys(
          VoidNamespace.INSTANCE,
          VoidNamespaceSerializer.INSTANCE,
          descriptor,
          (chart, state) -> change(chart, state.value()));
    }
  }

  private void change(ChartKey chart, long @Nullable [] entries) {
    if (entries != null) {
      changed.put(chart, entries);
    }
  }

  @Override
  public void processElement(StreamRecord<Candidate> element) throws Exception {
    Candidate candidate = element.getValue();
    long[] state = top.value();
    long[] before = state == null ? TopTracks.none() : state;
    long[] after = TopTracks.offer(before, candidate.track(), candidate.streams());
    if (after != before) {
      top.update(after);
      changed.put(candidate.chart(), after);
    }
  }

  @Override
  protected void flush() {
    changed.forEach(this::send);
    changed.clear();
  }

  @Override
  protected void flushInterval() {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    changed
        .entrySet()
        .removeIf(
            chart -> {
              ChartKey key = chart.getKey();
              boolean isOfNow = key.start() + key.window().length().toMillis() > now;
              if (isOfNow) {
                send(key, chart.getValue());
              }
              return isOfNow;
            });
  }

  private void send(ChartKey key, long[] entries) {
    output.collect(new StreamRecord<>(new Chart(key, entries)));
  }
}
