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
 * evenly; under back-pressure {@value #PATIENCE} times as long after it as sending takes, so that a
 * backlog writes each bucket less often. Only then does it come into the state. At most {@value
 * #MOST_WAITING} things, days and weeks wait.
 *
 * <p>Of tracks, artists and albums it also keeps the popularity, to which the streams of hours add,
 * and tells by {@link Counts#RISES} when it is on a higher level than when the thing's changes were
 * last sent. Streams that would be of later than now count as of now.
 *
 * <p>The key is the thing, the namespace within it the day or week, as windows have it: all that
 * changed of a thing meets in one place, and still each day is an entry of its own.
 *
 * <p>State of a thing's day, as {@link Day} has it, and of a track's week, both dropped by {@link
 * BucketExpiry}. In a checkpoint, with key and times: some 60 bytes of a day with one hour and one
 * listener, 7 for each further hour, 8 for each further listener; 80 of a week. On the heap a
 * hundred more. Of all time the listeners, for ever, and the popularity, dropped as days are, by
 * when what is dropped is a six-thousandth of what it was.
 */
final class Total extends Batching<Addition, Tally[]> {
  private static final long serialVersionUID = 1;
  private static final int MOST_WAITING = 50_000;
  private static final int MOST_TOGETHER = 100;
  private static final String DAYS = "days";
  private static final String WEEKS = "weeks";
  private static final String EVERY_LISTENER = "all-time listeners";
  private static final String POPULARITY = "popularity";
  private static final TypeInformation<byte[]> BYTES =
      PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  private static final TypeInformation<long[]> LONGS =
      PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO;

  /** Of whatever is kept for all time; {@link Bucket#span}. */
  private static final long ALL_TIME = Granularity.ALL.ordinal();

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int LOOKS_AN_INTERVAL = 10;
  private static final int PATIENCE = 20;

  /** What changed of a thing and was not sent yet; days and weeks by their span. */
  private static final class Changes {
    final long since;
    final Map<Long, Day> days = new HashMap<>();
    final Map<Long, long[]> weeks = new HashMap<>();
    byte @Nullable [] everyListener;
    boolean isEveryListenerChanged;
    private double ofOtherTimes = ForwardDecay.NOTHING;
    private long time;
    private long streams;

    Changes(long since) {
      this.since = since;
    }

    int waiting() {
      return 1 + days.size() + weeks.size();
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

  private final long interval;
  private final StateTtlConfig memory;
  private final boolean all;
  private transient InternalValueState<Thing, Long, byte[]> days;
  private transient InternalValueState<Thing, Long, long[]> weeks;
  private transient InternalValueState<Thing, Long, byte[]> everyListener;
  private transient InternalValueState<Thing, Long, Double> popularity;
  private transient Map<Thing, Changes> changed;
  private transient int waiting;

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
    days = state(DAYS, BYTES, memory);
    weeks = state(WEEKS, LONGS, memory);
    everyListener = state(EVERY_LISTENER, BYTES, StateTtlConfig.DISABLED);
    popularity = state(POPULARITY, Types.DOUBLE, memory);
    changed = new LinkedHashMap<>();
    waiting = 0;
    joinIntoDays();
    if (all) {
      changeAll(DAYS);
      changeAll(WEEKS);
      changeAll(EVERY_LISTENER);
      sendEveryPopularity();
    }
  }

  /** State of before days were one entry each: hours, days and weeks, and days' listeners. */
  private void joinIntoDays() throws Exception {
    InternalValueState<Thing, Long, long[]> measures = state("measures", LONGS, memory);
    for (Bucket bucket : bucketsOf("measures")) {
      long[] sum = take(measures, bucket);
      if (sum != null && bucket.granularity() == Granularity.HOUR) {
        Day day = dayOf(bucket.of(Granularity.DAY));
        day.add(bucket.start(), new Heard(sum, new long[0]));
        days.update(day.bytes());
      } else if (sum != null && bucket.granularity() == Granularity.WEEK) {
        weeks.setCurrentNamespace(bucket.span());
        weeks.update(sum);
      }
    }
    InternalValueState<Thing, Long, byte[]> listeners = state("listeners", BYTES, memory);
    for (Bucket bucket : bucketsOf("listeners")) {
      byte[] heardBy = take(listeners, bucket);
      if (heardBy != null) {
        Day day = dayOf(bucket);
        day.hear(heardBy);
        days.update(day.bytes());
      }
    }
  }

  private <T> @Nullable T take(InternalValueState<Thing, Long, T> state, Bucket bucket)
      throws Exception {
    setCurrentKey(bucket.thing());
    state.setCurrentNamespace(bucket.span());
    T value = state.value();
    state.clear();
    return value;
  }

  /** As if every bucket in it had just changed. */
  private void changeAll(String state) throws Exception {
    for (Bucket bucket : bucketsOf(state)) {
      setCurrentKey(bucket.thing());
      Changes changes = changesOf(bucket.thing());
      switch (bucket.granularity()) {
        case DAY -> {
          if (isKept(days, bucket)) {
            dayOf(changes, bucket).changeAll();
          }
        }
        case WEEK -> {
          if (isKept(weeks, bucket)) {
            addToWeek(changes, bucket, Heard.NOTHING);
          }
        }
        case ALL -> changes.isEveryListenerChanged = true;
        case HOUR -> {}
      }
      flushIfFull();
    }
  }

  /** What has expired is listed until it is cleaned up, and must not go out as zero. */
  private static boolean isKept(InternalValueState<Thing, Long, ?> state, Bucket bucket)
      throws Exception {
    state.setCurrentNamespace(bucket.span());
    return state.value() != null;
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

  @Override
  public void processElement(StreamRecord<Addition> element) throws Exception {
    Bucket bucket = element.getValue().bucket();
    Heard heard = element.getValue().heard();
    Changes changes = changesOf(bucket.thing());
    switch (bucket.granularity()) {
      case HOUR -> {
        dayOf(changes, bucket.of(Granularity.DAY)).add(bucket.start(), heard);
        if (bucket.kind() == CountedKind.TRACK) {
          addToWeek(changes, bucket.of(Granularity.WEEK), heard.measures());
        }
        long streams = heard.measures()[Counters.STREAMS.ordinal()];
        if (streams > 0 && hasPopularity(bucket.kind())) {
          changes.add(streams, Math.min(bucket.start(), changes.since));
        }
      }
      case WEEK -> {
        if (bucket.kind() == CountedKind.TRACK) {
          addToWeek(changes, bucket, heard.measures());
        }
      }
      case DAY, ALL -> {}
    }
    addToAllTime(changes, heard.listeners());
    flushIfFull();
  }

  private static boolean hasPopularity(CountedKind kind) {
    return switch (kind) {
      case TRACK, ARTIST, ALBUM -> true;
      case GENRE, EVERYTHING, USER -> false;
    };
  }

  private Changes changesOf(Thing thing) {
    Changes changes = changed.get(thing);
    if (changes == null) {
      changes = new Changes(getProcessingTimeService().getCurrentProcessingTime());
      changed.put(thing, changes);
      waiting++;
    }
    return changes;
  }

  private Day dayOf(Changes changes, Bucket bucket) throws Exception {
    Day day = changes.days.get(bucket.span());
    if (day == null) {
      day = dayOf(bucket);
      changes.days.put(bucket.span(), day);
      waiting++;
    }
    return day;
  }

  private Day dayOf(Bucket bucket) throws Exception {
    days.setCurrentNamespace(bucket.span());
    return Day.of(days.value());
  }

  private void addToWeek(Changes changes, Bucket bucket, long[] more) throws Exception {
    long[] before = changes.weeks.get(bucket.span());
    if (before == null) {
      weeks.setCurrentNamespace(bucket.span());
      before = Objects.requireNonNullElse(weeks.value(), Heard.NOTHING);
      waiting++;
    }
    changes.weeks.put(bucket.span(), Heard.sum(more, before));
  }

  private void addToAllTime(Changes changes, long[] more) throws Exception {
    byte[] known = everyListener(changes);
    byte[] after = UniqueListeners.plus(known, more);
    changes.everyListener = after;
    changes.isEveryListenerChanged |= after != known;
  }

  private byte[] everyListener(Changes changes) throws Exception {
    if (changes.everyListener != null) {
      return changes.everyListener;
    }
    everyListener.setCurrentNamespace(ALL_TIME);
    return Objects.requireNonNullElse(everyListener.value(), UniqueListeners.none());
  }

  @SuppressWarnings("unchecked") // every backend's state is an internal one
  private <T> InternalValueState<Thing, Long, T> state(
      String name, TypeInformation<T> type, StateTtlConfig memory) throws Exception {
    ValueStateDescriptor<T> descriptor = new ValueStateDescriptor<>(name, type);
    descriptor.enableTimeToLive(memory);
    ValueState<T> state = getOrCreateKeyedState(LongSerializer.INSTANCE, descriptor);
    return (InternalValueState<Thing, Long, T>) state;
  }

  private void flushIfFull() throws Exception {
    if (waiting >= MOST_WAITING) {
      flush();
    }
  }

  @Override
  protected void flush() throws Exception {
    for (Map.Entry<Thing, Changes> each : changed.entrySet()) {
      send(each.getKey(), each.getValue());
    }
    changed.clear();
    waiting = 0;
  }

  @Override
  protected void flushInterval() throws Exception {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    long due = now - longer(interval, PATIENCE);
    Iterator<Map.Entry<Thing, Changes>> inOrder = changed.entrySet().iterator();
    while (inOrder.hasNext()) {
      Map.Entry<Thing, Changes> next = inOrder.next();
      if (next.getValue().since > due) {
        break;
      }
      send(next.getKey(), next.getValue());
      waiting -= next.getValue().waiting();
      inOrder.remove();
    }
  }

  private void send(Thing thing, Changes changes) throws Exception {
    setCurrentKey(thing);
    List<Tally> tallies = new ArrayList<>();
    for (Map.Entry<Long, Day> each : changes.days.entrySet()) {
      days.setCurrentNamespace(each.getKey());
      days.update(each.getValue().bytes());
      each.getValue().addChanges(Bucket.of(thing, each.getKey()), tallies);
    }
    for (Map.Entry<Long, long[]> each : changes.weeks.entrySet()) {
      weeks.setCurrentNamespace(each.getKey());
      weeks.update(each.getValue());
      tallies.add(new Tally(Bucket.of(thing, each.getKey()), each.getValue(), 0));
    }
    if (changes.isEveryListenerChanged) {
      byte[] heardBy = everyListener(changes);
      everyListener.setCurrentNamespace(ALL_TIME);
      everyListener.update(heardBy);
      tallies.add(
          new Tally(Bucket.of(thing, ALL_TIME), Heard.NOTHING, UniqueListeners.count(heardBy)));
    }
    for (int from = 0; from < tallies.size(); from += MOST_TOGETHER) {
      List<Tally> together = tallies.subList(from, Math.min(from + MOST_TOGETHER, tallies.size()));
      output.collect(new StreamRecord<>(together.toArray(Tally[]::new)));
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
}
