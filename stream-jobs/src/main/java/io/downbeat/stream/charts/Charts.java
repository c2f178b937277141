package io.downbeat.stream.charts;

import io.downbeat.schemas.rules.OpenWindow;
import io.downbeat.stream.counts.Tally;
import io.downbeat.stream.io.BucketExpiry;
import io.downbeat.stream.io.CatalogTrack;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps the whole of each chart and sends those that changed once the checkpoint that holds them is
 * complete, as they were in it: a replay begins there, so nothing that was ever sent can be taken
 * back. A track is in the charts of the genres that its record had when it was last streamed.
 *
 * <p>State a chart: its entries, 24 bytes each, and whether it may have to be sent after a restart;
 * both dropped by {@link BucketExpiry}.
 */
public final class Charts extends AbstractStreamOperator<Chart>
    implements OneInputStreamOperator<Candidate, Chart> {
  private static final long serialVersionUID = 1;

  /** Flink counts checkpoints from 1. */
  private static final long RESTORED = 0;

  private final StateTtlConfig memory;
  private final boolean all;
  private transient ValueState<long[]> top;
  private transient ValueState<Boolean> unsent;
  private transient Map<ChartKey, TopTracks> changed;
  private transient NavigableMap<Long, Map<ChartKey, long[]>> held;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Charts(StateTtlConfig memory, boolean all) {
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
    return Shard.append(Candidates.append(totals, tracks, window, memory))
        .keyBy(Candidate::chart, ChartKey.TYPE)
        .transform("charts", TypeInformation.of(Chart.class), new Charts(memory, all))
        .uid("charts");
  }

  @Override
  public void open() throws Exception {
    super.open();
    ValueStateDescriptor<long[]> tops =
        new ValueStateDescriptor<>("top", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);
    tops.enableTimeToLive(memory);
    top = getRuntimeContext().getState(tops);
    ValueStateDescriptor<Boolean> flags = new ValueStateDescriptor<>("unsent", Types.BOOLEAN);
    flags.enableTimeToLive(memory);
    unsent = getRuntimeContext().getState(flags);
    changed = new HashMap<>();
    held = new TreeMap<>();
    held.put(RESTORED, all ? restored(tops) : restored(flags));
    getProcessingTimeService()
        .registerTimer(
            getProcessingTimeService().getCurrentProcessingTime(), time -> send(RESTORED));
  }

  /** Charts for which there is such state. */
  private Map<ChartKey, long[]> restored(ValueStateDescriptor<?> which) throws Exception {
    Map<ChartKey, long[]> charts = new HashMap<>();
    KeyedStateBackend<ChartKey> backend = getKeyedStateBackend();
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        which,
        (chart, state) -> {
          long[] entries = top.value();
          if (entries != null) {
            charts.put(chart, entries);
          }
        });
    return charts;
  }

  @Override
  public void processElement(StreamRecord<Candidate> element) throws Exception {
    Candidate candidate = element.getValue();
    TopTracks known = changed.get(candidate.chart());
    TopTracks tracks = known == null ? TopTracks.of(top.value()) : known;
    if (tracks.offer(candidate.track(), candidate.streams()) && known == null) {
      changed.put(candidate.chart(), tracks);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    hold(context.getCheckpointId());
  }

  /** Brings what changed into the state, and holds it for a checkpoint. */
  private void hold(long checkpoint) throws Exception {
    Map<ChartKey, long[]> charts = new HashMap<>();
    for (Map.Entry<ChartKey, TopTracks> each : changed.entrySet()) {
      long[] entries = each.getValue().toArray();
      setCurrentKey(each.getKey());
      top.update(entries);
      unsent.update(true);
      charts.put(each.getKey(), entries);
    }
    held.put(checkpoint, charts);
    changed.clear();
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    super.notifyCheckpointComplete(checkpoint);
    send(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    super.notifyCheckpointAborted(checkpoint);
    Map<ChartKey, long[]> back = held.remove(checkpoint);
    if (back != null) {
      back.forEach((chart, entries) -> changed.putIfAbsent(chart, TopTracks.of(entries)));
    }
  }

  @Override
  public void finish() throws Exception {
    super.finish();
    hold(Long.MAX_VALUE);
    send(Long.MAX_VALUE);
  }

  /** Sends what is held up to a checkpoint, each chart as it was last. */
  private void send(long checkpoint) throws Exception {
    Map<Long, Map<ChartKey, long[]>> complete = held.headMap(checkpoint, true);
    Map<ChartKey, long[]> newest = new HashMap<>();
    complete.values().forEach(newest::putAll);
    complete.clear();
    for (Map.Entry<ChartKey, long[]> chart : newest.entrySet()) {
      output.collect(new StreamRecord<>(new Chart(chart.getKey(), chart.getValue())));
      if (!isHeld(chart.getKey())) {
        setCurrentKey(chart.getKey());
        unsent.clear();
      }
    }
  }

  private boolean isHeld(ChartKey chart) {
    return changed.containsKey(chart)
        || held.values().stream().anyMatch(charts -> charts.containsKey(chart));
  }
}
