package io.downbeat.bench.counting;

import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import io.downbeat.schemas.identity.PlayId;
import io.downbeat.schemas.rules.CountedKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Invented plays in the order in which they come in: tracks by Zipf's law, every play of a listener
 * with one device numbered by it, one in twenty without a device. One in a hundred comes late by up
 * to two days, one in two hundred some thousand plays after its successors, and one in fifty comes
 * twice. The same seed gives the same plays.
 */
final class Listening {
  private static final double TRACKS_EXPONENT = 1.0;
  private static final double LISTENERS_EXPONENT = 0.5;
  private static final int REMEMBERED = 4_096;
  private static final int HELD = 50;
  private static final long LATEST = Duration.ofDays(2).toMillis();

  /**
   * @param first whether no copy of it came before
   */
  record Heard(Play play, int track, int listener, boolean first) {}

  private final SplittableRandom random;
  private final Zipf tracks;
  private final Zipf listeners;
  private final int[] numbered;
  private final long start;
  private final double playsPerMilli;
  private final Heard[] recent = new Heard[REMEMBERED];
  private final Deque<Heard> held = new ArrayDeque<>();
  private long made;

  /**
   * @param start of the first play, milliseconds since 1970
   */
  Listening(long seed, int tracks, int listeners, long start, double playsPerHour) {
    this.random = new SplittableRandom(seed);
    this.tracks = new Zipf(tracks, TRACKS_EXPONENT);
    this.listeners = new Zipf(listeners, LISTENERS_EXPONENT);
    this.numbered = new int[listeners];
    this.start = start;
    this.playsPerMilli = playsPerHour / Duration.ofHours(1).toMillis();
  }

  Heard next() {
    int chance = random.nextInt(1_000);
    if (chance < 20 && made > REMEMBERED) {
      Heard again = recent[random.nextInt(REMEMBERED)];
      return new Heard(again.play(), again.track(), again.listener(), false);
    }
    Heard heard = make();
    if (chance < 25) {
      held.add(heard);
      heard = held.size() > HELD ? held.remove() : make();
    }
    recent[(int) (made++ % REMEMBERED)] = heard;
    return heard;
  }

  private Heard make() {
    int listener = listeners.draw(random);
    int track = tracks.draw(random);
    long now = start + (long) (made / playsPerMilli);
    long late = random.nextInt(100) == 0 ? random.nextLong(LATEST) : random.nextLong(300_000);
    boolean skipped = random.nextInt(5) == 0;
    long millis = skipped ? random.nextLong(1_000, 60_000) : random.nextLong(120_000, 300_000);
    UUID user = World.idOf(20, listener);
    boolean numbers = random.nextInt(20) != 0;
    UUID device = numbers ? World.idOf(21, listener) : null;
    Long seq = numbers ? (long) numbered[listener]++ : null;
    Play play =
        new Play(
            device == null || seq == null
                ? new UUID(random.nextLong(), random.nextLong())
                : PlayId.of(device, seq),
            user,
            device,
            seq,
            World.id(CountedKind.TRACK, track),
            Instant.ofEpochMilli(Math.max(start, now - late)),
            millis,
            new PlayContext(ContextType.PLAYLIST, null),
            "SE",
            false,
            skipped ? EndReason.SKIPPED : EndReason.COMPLETED,
            "android 5.2",
            Instant.ofEpochMilli(now));
    return new Heard(play, track, listener, true);
  }
}
