package io.downbeat.stream.fans;

import io.downbeat.stream.io.Id;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Tells of each entry of a list when it comes and when it goes: additions and removals of one take
 * turns, whatever versions come again, late or not at all. An entry that is first heard of when it
 * is gone moves nothing, but its thing is told: under a new epoch its total may be zero.
 *
 * <p>Versions of one entry lie in one partition of the log, so a replay tells the same.
 *
 * <p>State an entry: its highest version and whether it is in the list, 24 bytes with its key and
 * some 40 in a checkpoint, 130 on the heap; as many as the compacted topic has keys, and for as
 * long: one that was forgotten would come again with a repeated record.
 */
final class Movements extends KeyedProcessFunction<Id, ListChange, Movement> {
  private static final long serialVersionUID = 1;

  /** Twice the version, and one more while it is in the list. */
  private transient ValueState<Long> newest;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Movements() {}

  static DataStream<Movement> append(DataStream<ListChange> changes) {
    return changes
        .filter(change -> change.thing() != null)
        .name("of counted lists")
        .uid("of counted lists")
        .keyBy(ListChange::entry, Id.TYPE)
        .process(new Movements(), Movement.TYPE)
        .name("additions and removals")
        .uid("additions and removals");
  }

  @Override
  public void open(OpenContext context) {
    newest = getRuntimeContext().getState(new ValueStateDescriptor<>("newest", Types.LONG));
  }

  @Override
  public void processElement(ListChange change, Context context, Collector<Movement> out)
      throws Exception {
    Long before = newest.value();
    long after = change.version() << 1 | (change.isIn() ? 1 : 0);
    if (change.thing() == null || (before != null && before >>> 1 >= change.version())) {
      return;
    }
    newest.update(after);
    boolean wasIn = before != null && (before & 1) == 1;
    if (before == null || wasIn != change.isIn()) {
      out.collect(
          new Movement(change.thing(), change.isIn() ? 1 : 0, wasIn && !change.isIn() ? 1 : 0));
    }
  }
}
