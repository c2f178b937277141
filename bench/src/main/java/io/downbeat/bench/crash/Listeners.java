package io.downbeat.bench.crash;

import io.downbeat.schemas.identity.PlayId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The load: listeners who play on at their pace whatever becomes of what they send, each with one
 * device that has at most one upload under way and then sends all that came together meanwhile. A
 * third of the devices number their plays, a third have a name alone, a third none. Some plays are
 * late by days, some uploads are sent again although they were acknowledged.
 */
final class Listeners {
  private static final int LISTENERS = 36;
  private static final int TRACKS = 60;
  private static final int MOST_AT_ONCE = 200;
  private static final double LATE = 0.05;
  private static final double SENT_AGAIN = 0.05;
  private static final Duration LATEST = Duration.ofDays(5);

  private final Api api;
  private final IntSupplier latestFault;
  private final List<UUID> tracks;
  private final List<UUID> artists;
  private final long pauseNanos;
  private final ExecutorService threads = Executors.newFixedThreadPool(LISTENERS);
  private final List<Future<?>> playing = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * @param playsPerSecond of all of them
   * @param latestFault position in the list of faults
   */
  Listeners(Api api, int playsPerSecond, IntSupplier latestFault, Random random) {
    this.api = api;
    this.latestFault = latestFault;
    this.pauseNanos = TimeUnit.SECONDS.toNanos(1) * LISTENERS / playsPerSecond;
    tracks = ids(TRACKS, random);
    artists = ids(TRACKS / 10, random);
  }

  private static List<UUID> ids(int count, Random random) {
    return IntStream.range(0, count)
        .mapToObj(i -> UUID.nameUUIDFromBytes(Long.toHexString(random.nextLong()).getBytes()))
        .toList();
  }

  /** Most heard first. */
  List<UUID> tracks() {
    return tracks;
  }

  List<UUID> artists() {
    return artists;
  }

  UUID artistOf(UUID track) {
    return artists.get(tracks.indexOf(track) % artists.size());
  }

  int count() {
    return LISTENERS;
  }

  /** What they hear, as lines of the catalogue. */
  String catalog() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < artists.size(); i++) {
      lines.append(
          "{\"type\":\"artist\",\"artist_id\":\"%s\",\"name\":\"Artist %d\"}\n"
              .formatted(artists.get(i), i));
    }
    for (UUID track : tracks) {
      lines.append(
          "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"Track\",\"artist_ids\":[\"%s\"],\"genres\":[\"Crash\"],\"duration_millis\":240000}\n"
              .formatted(track, artistOf(track)));
    }
    return lines.toString();
  }

  void start(Random random) {
    for (int i = 0; i < LISTENERS; i++) {
      Device device = new Device(i, new Random(random.nextLong()));
      playing.add(threads.submit(device));
    }
  }

  /** Nothing more is played; returns when all that was played is acknowledged. */
  void stop() throws InterruptedException {
    stopped = true;
    try {
      await(playing);
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * @throws IllegalStateException if one of them met with what no fault explains
   */
  void requireUndisturbed() throws InterruptedException {
    await(playing.stream().filter(Future::isDone).toList());
  }

  private static void await(List<Future<?>> listeners) throws InterruptedException {
    try {
      for (Future<?> each : listeners) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private final class Device implements java.util.concurrent.Callable<@Nullable Void> {
    private final Random random;
    private final UUID userId;
    private final @Nullable UUID deviceId;
    private final boolean numbers;
    private long seq;

    Device(int position, Random random) {
      this.random = random;
      this.userId = new UUID(random.nextLong(), random.nextLong());
      this.deviceId = position % 3 < 2 ? new UUID(random.nextLong(), random.nextLong()) : null;
      this.numbers = position % 3 == 0;
    }

    @Override
    public @Nullable Void call() throws InterruptedException {
      long next = System.nanoTime() + (long) (random.nextDouble() * pauseNanos);
      while (!stopped) {
        LockSupport.parkNanos(next - System.nanoTime());
        List<SentPlay> upload = new ArrayList<>();
        while (next <= System.nanoTime() && upload.size() < MOST_AT_ONCE) {
          upload.add(play());
          next += (long) (2 * random.nextDouble() * pauseNanos);
        }
        if (upload.isEmpty()) {
          continue;
        }
        api.deliver(upload);
        if (random.nextDouble() < SENT_AGAIN) {
          api.deliver(upload);
        }
      }
      return null;
    }

    private SentPlay play() {
      boolean late = random.nextDouble() < LATE;
      Instant startedAt =
          Instant.ofEpochMilli(
              System.currentTimeMillis()
                  - (late ? (long) (random.nextDouble() * LATEST.toMillis()) : 0));
      // The square makes a few tracks hot.
      double share = random.nextDouble();
      UUID track = tracks.get((int) (share * share * tracks.size()));
      Long number = numbers ? Long.valueOf(seq++) : null;
      return new SentPlay(
          number != null && deviceId != null
              ? PlayId.of(deviceId, number)
              : new UUID(random.nextLong(), random.nextLong()),
          userId,
          deviceId,
          number,
          track,
          startedAt,
          random.nextInt(300_000),
          random.nextInt(5) == 0,
          latestFault.getAsInt());
    }
  }
}
