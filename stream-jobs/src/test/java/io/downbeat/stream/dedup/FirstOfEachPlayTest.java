package io.downbeat.stream.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.identity.PlayId;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import io.downbeat.stream.Plays;
import io.downbeat.stream.io.Decode;
import io.downbeat.stream.io.HeardPlay;
import io.downbeat.stream.io.Id;
import io.downbeat.stream.io.LogRecord;
import io.downbeat.stream.io.LoggedPlay;
import io.downbeat.stream.io.RejectedRecord;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class FirstOfEachPlayTest {
  private static final int KEY_GROUPS = 16;
  private static final Duration MEMORY = Duration.ofDays(45);
  private static final Duration SEQUENCE_MEMORY = Duration.ofDays(400);
  private static final Id LISTENER = new Id(2, 1);
  private static final Id DEVICE = new Id(3, 1);

  private static KeyedOneInputStreamOperatorTestHarness<PlayOrigin, LoggedPlay, HeardPlay> harness(
      int parallelism, int subtask) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new FirstOfEachPlay("plays", MEMORY, SEQUENCE_MEMORY)),
        PlayOrigin::of,
        PlayOrigin.TYPE,
        KEY_GROUPS,
        parallelism,
        subtask);
  }

  private static KeyedOneInputStreamOperatorTestHarness<PlayOrigin, LoggedPlay, HeardPlay> opened()
      throws Exception {
    var harness = harness(1, 0);
    harness.open();
    return harness;
  }

  private static LoggedPlay numbered(Id user, Id device, long number) {
    return new LoggedPlay(Plays.numbered(user, device, number), new byte[] {1, 2, 3});
  }

  private static LoggedPlay unnumbered(long id) {
    return new LoggedPlay(Plays.play(id, new Id(4, 1), 0, 40_000, EndReason.COMPLETED), null);
  }

  /** What a device sends at once. */
  record Batch(int listener, int device, int first, int size, Order order, int copies) {
    enum Order {
      OLDEST_FIRST,
      NEWEST_FIRST,
      SHUFFLED
    }

    List<LoggedPlay> plays(Random random) {
      List<LoggedPlay> plays = new ArrayList<>();
      for (int copy = 0; copy < copies; copy++) {
        List<LoggedPlay> each =
            new ArrayList<>(
                LongStream.range(first, first + size)
                    .mapToObj(i -> device == 2 ? unnumbered(i) : of(i))
                    .toList());
        switch (order) {
          case OLDEST_FIRST -> {}
          case NEWEST_FIRST -> Collections.reverse(each);
          case SHUFFLED -> Collections.shuffle(each, random);
        }
        plays.addAll(each);
      }
      return plays;
    }

    private LoggedPlay of(long number) {
      return numbered(new Id(2, listener), new Id(3, device), number);
    }
  }

  @Provide
  Arbitrary<List<Batch>> batches() {
    Arbitrary<Integer> size =
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.integers().between(1, 40)),
            Tuple.of(1, Arbitraries.just(2_000)));
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 60),
            size,
            Arbitraries.of(Batch.Order.values()),
            Arbitraries.integers().between(1, 2))
        .as(Batch::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(10);
  }

  @Property(tries = 60)
  void eachPlayPassesOnceHoweverItComesAndOnHoweverManyTasks(
      @ForAll("batches") List<Batch> batches,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 5) Integer> parallelisms,
      @ForAll Random random)
      throws Exception {
    List<LoggedPlay> sent = interleaved(batches, random);
    List<HeardPlay> passed = new ArrayList<>();
    OperatorSubtaskState state = null;
    int before = 0;
    int from = 0;
    int entries = 0;
    for (int stage = 0; stage < parallelisms.size(); stage++) {
      int parallelism = parallelisms.get(stage);
      boolean last = stage == parallelisms.size() - 1;
      int to = last ? sent.size() : from + random.nextInt(sent.size() - from + 1);
      try (Tasks tasks = new Tasks(state, before, parallelism)) {
        tasks.process(sent.subList(from, to));
        passed.addAll(tasks.passed());
        state = tasks.snapshot(stage);
        entries = tasks.entries();
        // What comes after the checkpoint is lost with the tasks, and comes again to the next ones.
        tasks.process(sent.subList(to, Math.min(sent.size(), to + 20)));
      }
      before = parallelism;
      from = to;
    }

    Set<List<Object>> plays = new HashSet<>();
    Set<PlayOrigin> origins = new HashSet<>();
    for (LoggedPlay each : sent) {
      plays.add(List.of(each.play().userId(), each.play().playId()));
      origins.add(PlayOrigin.of(each));
    }
    assertThat(passed)
        .extracting(play -> List.<Object>of(play.userId(), play.playId()))
        .containsExactlyInAnyOrderElementsOf(plays);
    assertThat(entries).as("one entry a device or play without a number").isEqualTo(origins.size());
  }

  /** Each batch in its order, among the others at random, and a few plays much later once more. */
  private static List<LoggedPlay> interleaved(List<Batch> batches, Random random) {
    List<List<LoggedPlay>> rest =
        new ArrayList<>(
            batches.stream()
                .map(batch -> (List<LoggedPlay>) new ArrayList<>(batch.plays(random)))
                .toList());
    rest.forEach(Collections::reverse);
    List<LoggedPlay> sent = new ArrayList<>();
    while (!rest.isEmpty()) {
      List<LoggedPlay> next = rest.get(random.nextInt(rest.size()));
      sent.add(next.remove(next.size() - 1));
      rest.removeIf(List::isEmpty);
    }
    List<LoggedPlay> again = new ArrayList<>(sent.subList(0, Math.min(50, sent.size())));
    Collections.shuffle(again, random);
    sent.addAll(again);
    return sent;
  }

  /** The operator's parallel tasks, each with the state of its keys. */
  private static final class Tasks implements AutoCloseable {
    private final List<KeyedOneInputStreamOperatorTestHarness<PlayOrigin, LoggedPlay, HeardPlay>>
        tasks = new ArrayList<>();

    Tasks(OperatorSubtaskState state, int before, int parallelism) throws Exception {
      for (int subtask = 0; subtask < parallelism; subtask++) {
        var task = harness(parallelism, subtask);
        if (state != null) {
          task.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, KEY_GROUPS, before, parallelism, subtask));
        }
        task.open();
        tasks.add(task);
      }
    }

    void process(List<LoggedPlay> plays) throws Exception {
      for (LoggedPlay play : plays) {
        int task =
            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                PlayOrigin.of(play), KEY_GROUPS, tasks.size());
        tasks.get(task).processElement(play, 0);
      }
    }

    List<HeardPlay> passed() {
      return tasks.stream().flatMap(task -> task.extractOutputValues().stream()).toList();
    }

    OperatorSubtaskState snapshot(int checkpoint) throws Exception {
      OperatorSubtaskState[] states = new OperatorSubtaskState[tasks.size()];
      for (int i = 0; i < states.length; i++) {
        states[i] = tasks.get(i).snapshot(checkpoint, 0);
      }
      return AbstractStreamOperatorTestHarness.repackageState(states);
    }

    int entries() {
      return tasks.stream().mapToInt(task -> task.numKeyedStateEntries()).sum();
    }

    @Override
    public void close() throws Exception {
      for (var task : tasks) {
        task.close();
      }
    }
  }

  @Test
  void aWildNumberHarmsNeitherItsDeviceNorAnybodyElse() throws Exception {
    Id forger = new Id(2, 666);
    try (var harness = opened()) {
      for (long wild : List.of(Long.MAX_VALUE, 0L, 1L, 3L)) {
        harness.processElement(numbered(forger, DEVICE, wild), 0);
      }
      for (long number = 0; number < 5; number++) {
        harness.processElement(numbered(LISTENER, DEVICE, number), 0);
      }
      harness.processElement(numbered(forger, DEVICE, 2), 0);
      harness.processElement(numbered(LISTENER, DEVICE, Long.MAX_VALUE), 0);
      harness.processElement(numbered(LISTENER, DEVICE, 5), 0);
      assertThat(harness.extractOutputValues())
          .extracting(play -> play.userId().low() + " " + play.deviceSeq())
          .containsExactly(
              "666 " + Long.MAX_VALUE,
              "666 0",
              "666 1",
              "666 3",
              "1 0",
              "1 1",
              "1 2",
              "1 3",
              "1 4",
              "666 2",
              "1 " + Long.MAX_VALUE,
              "1 5");
    }
  }

  @Test
  void aForgedPlayIdOfAnotherListenerMakesNoCopy() throws Exception {
    HeardPlay play = unnumbered(7).play();
    HeardPlay forged =
        Plays.of(play.playId(), new Id(2, 666), play.trackId(), 0, 1, EndReason.SKIPPED, 0);
    try (var harness = opened()) {
      harness.processElement(new LoggedPlay(forged, null), 0);
      harness.processElement(new LoggedPlay(play, null), 0);
      harness.processElement(new LoggedPlay(play, null), 0);
      assertThat(harness.extractOutputValues()).containsExactly(forged, play);
    }
  }

  @Test
  void whatWouldNeedARangeTooManyIsRejectedWithItsBytesAndTheRestGoesOn() throws Exception {
    try (var harness = opened()) {
      for (long number = 0; number < 2 * FirstOfEachPlay.MOST_RANGES; number += 2) {
        harness.processElement(numbered(LISTENER, DEVICE, number), 0);
      }
      assertThat(harness.extractOutputValues()).hasSize(FirstOfEachPlay.MOST_RANGES);

      harness.processElement(numbered(LISTENER, DEVICE, 1_000_000), 0);
      harness.processElement(numbered(LISTENER, DEVICE, 2), 0);
      harness.processElement(numbered(LISTENER, DEVICE, 1), 0);
      harness.processElement(numbered(LISTENER, new Id(3, 2), 1_000_000), 0);
      assertThat(
              harness.extractOutputValues().stream()
                  .skip(FirstOfEachPlay.MOST_RANGES)
                  .map(play -> play.deviceId().low() + " " + play.deviceSeq()))
          .containsExactly("1 1", "2 1000000");

      RejectedRecord rejected = harness.getSideOutput(Decode.REJECTED).element().getValue();
      assertThat(harness.getSideOutput(Decode.REJECTED)).hasSize(1);
      assertThat(rejected.reason()).startsWith("device_seq is 1000000, but ");
      assertThat(rejected.record().topic()).isEqualTo("plays");
      assertThat(rejected.record().offset()).isEqualTo(1_000_000);
      assertThat(rejected.record().value()).containsExactly(1, 2, 3);

      // The gap that was filled is free again.
      harness.processElement(numbered(LISTENER, DEVICE, 1_000_000), 0);
      assertThat(harness.extractOutputValues()).hasSize(FirstOfEachPlay.MOST_RANGES + 3);
      assertThat(harness.numKeyedStateEntries()).as("two devices").isEqualTo(2);
    }
  }

  @Test
  void aDeviceIsRememberedLongerThanAPlayId() throws Exception {
    try (var harness = opened()) {
      harness.setStateTtlProcessingTime(0);
      harness.processElement(numbered(LISTENER, DEVICE, 1), 0);
      harness.processElement(unnumbered(1), 0);
      harness.setStateTtlProcessingTime(MEMORY.toMillis() - 1);
      harness.processElement(unnumbered(1), 0);
      assertThat(harness.extractOutputValues()).hasSize(2);
      harness.setStateTtlProcessingTime(MEMORY.toMillis());
      harness.processElement(unnumbered(1), 0);
      assertThat(harness.extractOutputValues()).hasSize(3);

      harness.setStateTtlProcessingTime(SEQUENCE_MEMORY.toMillis() - 1);
      harness.processElement(numbered(LISTENER, DEVICE, 1), 0);
      assertThat(harness.extractOutputValues()).hasSize(3);
      harness.setStateTtlProcessingTime(2 * SEQUENCE_MEMORY.toMillis());
      for (int i = 0; i < 100; i++) {
        harness.processElement(numbered(LISTENER, new Id(3, 2), i), 0);
        harness.processElement(unnumbered(100 + i % 10), 0);
      }
      assertThat(harness.numKeyedStateEntries())
          .as("one device, ten plays without a number; all before is gone")
          .isEqualTo(11);
    }
  }

  @Test
  void stateOfADeviceIsOneRangeWhilePlaysComeInOrder() throws Exception {
    int devices = 1_000;
    try (var harness = opened()) {
      for (int device = 0; device < devices; device++) {
        for (int number = 0; number < 20; number++) {
          harness.processElement(numbered(LISTENER, new Id(3, device), number), 0);
        }
      }
      long bytes =
          harness.snapshot(1, 0).getManagedKeyedState().stream()
              .mapToLong(handle -> handle.getStateSize())
              .sum();
      assertThat(bytes / devices).isBetween(58L, 64L);
    }
  }

  @Test
  void anInvalidCopyDoesNotMarkItsNumber() throws Exception {
    Play valid =
        Play.newBuilder()
            .setPlayId(PlayId.of(DEVICE.toUuid(), 5))
            .setUserId(LISTENER.toUuid())
            .setDeviceId(DEVICE.toUuid())
            .setDeviceSeq(5L)
            .setTrackId(new UUID(4, 1))
            .setStartedAt(Instant.EPOCH)
            .setPlayedMillis(40_000)
            .setReceivedAt(Instant.EPOCH)
            .build();
    SchemaById registry = (SchemaById & Serializable) id -> Play.getClassSchema().toString();
    AvroWireCodec<Play> codec = new AvroWireCodec<>(Play.class, registry);
    List<byte[]> values =
        List.of(
            codec.encode(Play.newBuilder(valid).setPlayedMillis(-1).build(), 1),
            codec.encode(Play.newBuilder(valid).setDeviceId(null).build(), 1),
            codec.encode(Play.newBuilder(valid).setDeviceSeq(-5L).build(), 1),
            codec.encode(valid, 1),
            codec.encode(valid, 1));
    List<LogRecord> log =
        LongStream.range(0, values.size())
            .mapToObj(i -> new LogRecord("plays", 3, i, 1_000, values.get((int) i)))
            .toList();

    Configuration flink = new Configuration();
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, flink);
    SingleOutputStreamOperator<LoggedPlay> logged =
        Decode.append(
            env.fromData(log, TypeInformation.of(LogRecord.class)),
            Topics.PLAYS,
            registry,
            LoggedPlay::of,
            LoggedPlay.TYPE);
    SingleOutputStreamOperator<HeardPlay> plays =
        FirstOfEachPlay.append(logged, "plays", MEMORY, SEQUENCE_MEMORY);
    List<String> seen =
        plays
            .map(play -> "passed %d of %d".formatted(play.deviceSeq(), play.logOffset()))
            .union(
                logged
                    .getSideOutput(Decode.REJECTED)
                    .union(plays.getSideOutput(Decode.REJECTED))
                    .map(rejected -> rejected.reason()))
            .executeAndCollect(10);
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "played_millis is -1, but a valid one lies between 0 and 86,400,000",
            "device_seq is 5, but a valid one comes with a device_id",
            "device_seq is -5, but a valid one is at least 0",
            "passed 5 of 3");
  }
}
