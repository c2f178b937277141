package io.downbeat.stream.counts;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Counters;
import io.downbeat.schemas.rules.ForwardDecay;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.schemas.rules.UniqueListeners;
import io.downbeat.stream.io.Batching;
import io.downbeat.stream.io.BucketExpiry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the absolute totals of each thing's buckets and sends out those that changed, together: of
 * each thing in arrays of up to {@value #MOST_TOGETHER}.
 *
 * <p>The bucket that comes in is the smallest that is open of what was heard. An hour adds to hour
 * and day, for a track also to its week, for its charts; a track's week to that alone. Listeners go
 * to days and, of whatever comes in, to all time.
 *
 * <p>What changed of a thing goes out an interval after its first change, so that writes are spread
 * evenly; under back-pressure {@value #PATIENCE} times as long after it as the last sending took,
 * so that a backlog writes each bucket less often. Only then do its measures come into the state.
 * At most {@value #MOST_BUCKETS} changed buckets wait.
 *
 * <p>Of tracks, artists and albums it also keeps the popularity, to which the streams of hours add,
 * and tells by {@link Counts#RISES} when it is on a higher level than when the thing's changes were
 * last sent. Streams that would be of later than now count as of now.
 *
 * <p>The key is the thing, the namespace within it the bucket of time, as windows have it: all that
 * changed of a thing meets in one place, and still each bucket is an entry of its own.
 *
 * <p>State of a bucket, dropped by {@link BucketExpiry}: its measures, some 70 bytes of a
 * checkpoint with their key and time; of a day also its listeners, as {@link UniqueListeners} keeps
 * them, 45 bytes more than these. Of all time the listeners alone, for ever, and the popularity,
 * dropped as buckets are, by when what is dropped is a six-thousandth of what it was. On the heap
 * the measures take some 160 bytes with their key, time and entry, and listeners 130 more than
 * these.
 */
final class Total extends Batching<Addition, Tally[]> {
  private static final long serialVersionUID = 1;
  private static final int MOST_BUCKETS = 100_000;
  private static final int MOST_TOGETHER = 100;
  private static final String MEASURES = "measures";
  private static final String EVERY_LISTENER = "all-time listeners";
  private static final String POPULARITY = "popularity";

  /** Of whatever is kept for all time; {@link Bucket#span}. */
  private static final long ALL_TIME = Granularity.ALL.ordinal();

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int LOOKS_AN_INTERVAL = 10;
  private static final int PATIENCE = 20;

  /** What changed of a thing and was not sent yet: by its span the newest of each bucket. */
  private static final class Changes {
    final long since;
    final Map<Long, Change> buckets = new HashMap<>();
    private double ofOtherTimes = ForwardDecay.NOTHING;
    private long time;
    private long streams;

    Changes(long since) {
      this.since = since;
    }

    /** Plain addition, as long as the streams are of one time. */
    void add(long more, long of) {
      if (of != time) {
        ofOtherTimes = popularity();
        time = of;
        streams = 0;
      }
      streams += more;
    }

    /** What the streams add to it. */
    double popularity() {
      return streams == 0
          ? ofOtherTimes
          : ForwardDecay.plus(ofOtherTimes, ForwardDecay.of(streams, time));
    }
  }

  private record Change(long[] measures, byte[] listeners) {}

  private final long interval;
  private final StateTtlConfig memory;
  private final boolean all;
  private transient InternalValueState<Thing, Long, long[]> measures;
  private transient InternalValueState<Thing, Long, byte[]> listeners;
  private transient InternalValueState<Thing, Long, byte[]> everyListener;
  private transient InternalValueState<Thing, Long, Double> popularity;
  private transient Map<Thing, Changes> changed;
  private transient int changedBuckets;
  private transient long sendingTook;

  @SuppressWarnings("NullAway.Init") // open() comes first
  Total(StateTtlConfig memory, Duration interval, boolean all) {
    super(interval.dividedBy(LOOKS_AN_INTERVAL), LONGEST);
    this.interval = interval.toMillis();
    this.memory = memory;
    this.all = all;
  }

  static SingleOutputStreamOperator<Tally[]> append(
      DataStream<Addition> additions, StateTtlConfig memory, Duration interval, boolean all) {
    return additions
        .keyBy(addition -> addition.bucket().thing(), Thing.TYPE)
        .transform("total", Tally.TOGETHER, new Total(memory, interval, all))
        .uid("total");
  }

  @Override
  public void open() throws Exception {
    super.open();
    measures = state(MEASURES, PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO, memory);
    listeners = state("listeners", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO, memory);
    everyListener =
        state(
            EVERY_LISTENER,
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
            StateTtlConfig.DISABLED);
    popularity = state(POPULARITY, Types.DOUBLE, memory);
    changed = new LinkedHashMap<>();
    changedBuckets = 0;
    if (all) {
      changeAll(MEASURES);
      changeAll(EVERY_LISTENER);
      sendEveryPopularity();
    }
  }

  private void changeAll(String state) throws Exception {
    for (Bucket bucket : bucketsOf(state)) {
      setCurrentKey(bucket.thing());
      change(bucket);
    }
  }

  private void sendEveryPopularity() throws Exception {
    for (Bucket bucket : bucketsOf(POPULARITY)) {
      setCurrentKey(bucket.thing());
      popularity.setCurrentNamespace(bucket.span());
      Double value = popularity.value();
      if (value != null) {
        output.collect(Counts.RISES, new StreamRecord<>(new Rise(bucket.thing(), value)));
      }
    }
  }

  private List<Bucket> bucketsOf(String state) {
    KeyedStateBackend<Thing> backend = getKeyedStateBackend();
    try (Stream<Tuple2<Thing, Long>> entries = backend.getKeysAndNamespaces(state)) {
      return entries.map(entry -> Bucket.of(entry.f0, entry.f1)).toList();
    }
  }

  /** As if the bucket, whose thing is the current key, had just changed. */
  private void change(Bucket bucket) throws Exception {
    measures.setCurrentNamespace(bucket.span());
    long[] sum = measures.value();
    byte[] listened =
        listeners(bucket.granularity() == Granularity.ALL ? everyListener : listeners, bucket);
    if (sum != null || listened.length > 0) {
      put(
          changesOf(bucket),
          bucket,
          new Change(
              Heard.sum(Heard.NOTHING, Objects.requireNonNullElse(sum, Heard.NOTHING)), listened));
    }
    if (changedBuckets >= MOST_BUCKETS) {
      flush();
    }
  }

  private Changes changesOf(Bucket bucket) {
    return changed.computeIfAbsent(
        bucket.thing(),
        absent -> new Changes(getProcessingTimeService().getCurrentProcessingTime()));
  }

  private void put(Changes changes, Bucket bucket, Change change) {
    if (changes.buckets.put(bucket.span(), change) == null) {
      changedBuckets++;
    }
  }

  @Override
  public void processElement(StreamRecord<Addition> element) throws Exception {
    Bucket bucket = element.getValue().bucket();
    Heard heard = element.getValue().heard();
    Changes changes = changesOf(bucket);
    switch (bucket.granularity()) {
      case HOUR -> {
        addTo(changes, bucket, heard.measures());
        addToDay(changes, bucket.of(Granularity.DAY), heard);
        if (bucket.kind() == CountedKind.TRACK) {
          addTo(changes, bucket.of(Granularity.WEEK), heard.measures());
        }
        long streams = heard.measures()[Counters.STREAMS.ordinal()];
        if (streams > 0 && hasPopularity(bucket.kind())) {
          changes.add(streams, Math.min(bucket.start(), changes.since));
        }
      }
      case WEEK -> {
        if (bucket.kind() == CountedKind.TRACK) {
          addTo(changes, bucket, heard.measures());
        }
      }
      case DAY, ALL -> {}
    }
    addToAllTime(changes, bucket.of(Granularity.ALL), heard.listeners());
    if (changedBuckets >= MOST_BUCKETS) {
      flush();
    }
  }

  private static boolean hasPopularity(CountedKind kind) {
    return switch (kind) {
      case TRACK, ARTIST, ALBUM -> true;
      case GENRE, EVERYTHING, USER -> false;
    };
  }

  private void addTo(Changes changes, Bucket bucket, long[] more) throws Exception {
    Change before = changes.buckets.get(bucket.span());
    put(changes, bucket, new Change(plus(before, bucket, more), UniqueListeners.none()));
  }

  private void addToDay(Changes changes, Bucket bucket, Heard heard) throws Exception {
    Change before = changes.buckets.get(bucket.span());
    byte[] known = before == null ? listeners(listeners, bucket) : before.listeners();
    byte[] after = UniqueListeners.plus(known, heard.listeners());
    if (after != known) {
      update(listeners, bucket, after);
    }
    put(changes, bucket, new Change(plus(before, bucket, heard.measures()), after));
  }

  private void addToAllTime(Changes changes, Bucket bucket, long[] more) throws Exception {
    Change before = changes.buckets.get(bucket.span());
    byte[] known = before == null ? listeners(everyListener, bucket) : before.listeners();
    byte[] after = UniqueListeners.plus(known, more);
    if (after != known) {
      update(everyListener, bucket, after);
      put(changes, bucket, new Change(Heard.NOTHING, after));
    }
  }

  /** From the state only what was sent. */
  private long[] plus(@Nullable Change before, Bucket bucket, long[] more) throws Exception {
    if (before != null) {
      return Heard.sum(more, before.measures());
    }
    measures.setCurrentNamespace(bucket.span());
    return Heard.sum(more, Objects.requireNonNullElse(measures.value(), Heard.NOTHING));
  }

  private static byte[] listeners(InternalValueState<Thing, Long, byte[]> state, Bucket bucket)
      throws Exception {
    state.setCurrentNamespace(bucket.span());
    return Objects.requireNonNullElse(state.value(), UniqueListeners.none());
  }

  private static void update(
      InternalValueState<Thing, Long, byte[]> state, Bucket bucket, byte[] listeners)
      throws Exception {
    state.setCurrentNamespace(bucket.span());
    state.update(listeners);
  }

  @SuppressWarnings("unchecked") // every backend's state is an internal one
  private <T> InternalValueState<Thing, Long, T> state(
      String name, TypeInformation<T> type, StateTtlConfig memory) throws Exception {
    ValueStateDescriptor<T> descriptor = new ValueStateDescriptor<>(name, type);
    descriptor.enableTimeToLive(memory);
    ValueState<T> state = getOrCreateKeyedState(LongSerializer.INSTANCE, descriptor);
    return (InternalValueState<Thing, Long, T>) state;
  }

  @Override
  protected void flush() throws Exception {
    for (Map.Entry<Thing, Changes> each : changed.entrySet()) {
      send(each.getKey(), each.getValue());
    }
    changed.clear();
    changedBuckets = 0;
  }

  @Override
  protected void flushInterval() throws Exception {
    long start = getProcessingTimeService().getCurrentProcessingTime();
    long due = start - Math.min(LONGEST.toMillis(), Math.max(interval, PATIENCE * sendingTook));
    Iterator<Map.Entry<Thing, Changes>> inOrder = changed.entrySet().iterator();
    while (inOrder.hasNext()) {
      Map.Entry<Thing, Changes> next = inOrder.next();
      if (next.getValue().since > due) {
        break;
      }
      send(next.getKey(), next.getValue());
      changedBuckets -= next.getValue().buckets.size();
      inOrder.remove();
    }
    sendingTook = getProcessingTimeService().getCurrentProcessingTime() - start;
  }

  private void send(Thing thing, Changes changes) throws Exception {
    setCurrentKey(thing);
    List<Tally> together = new ArrayList<>();
    for (Map.Entry<Long, Change> each : changes.buckets.entrySet()) {
      Bucket bucket = Bucket.of(thing, each.getKey());
      Change change = each.getValue();
      if (bucket.granularity() != Granularity.ALL) {
        measures.setCurrentNamespace(bucket.span());
        measures.update(change.measures());
      }
      together.add(new Tally(bucket, change.measures(), UniqueListeners.count(change.listeners())));
      if (together.size() == MOST_TOGETHER) {
        send(together);
      }
    }
    if (!together.isEmpty()) {
      send(together);
    }
    addPopularity(thing, changes.popularity());
  }

  private void addPopularity(Thing thing, double more) throws Exception {
    if (more == ForwardDecay.NOTHING) {
      return;
    }
    popularity.setCurrentNamespace(ALL_TIME);
    double before = Objects.requireNonNullElse(popularity.value(), ForwardDecay.NOTHING);
    double after = ForwardDecay.plus(before, more);
    popularity.update(after);
    if (ForwardDecay.level(after) > ForwardDecay.level(before)) {
      output.collect(Counts.RISES, new StreamRecord<>(new Rise(thing, after)));
    }
  }

  private void send(List<Tally> together) {
    output.collect(new StreamRecord<>(together.toArray(Tally[]::new)));
    together.clear();
  }
}
