package io.downbeat.local.run.simulate;

import io.downbeat.local.run.simulate.Listener.Device;
import io.downbeat.local.run.simulate.Listener.Taste;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.identity.Uuids;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one listener does from a start on, session after session, one track after the other without
 * overlap. A session begins at random, more likely at the hours at which people listen, and plays
 * an album, an artist, what the listener likes, or whatever the taste gives. What is heard to the
 * end for the first time may be liked from then on. For one thread.
 */
final class Listening {
  /** Of an hour of the listener's day, from midnight; the largest is 1. */
  private static final double[] WEEKDAY = {
    .14, .07, .04, .03, .04, .12, .36, .68, .74, .56, .48, .50,
    .56, .52, .50, .52, .62, .82, .92, .96, 1.0, .88, .60, .32
  };

  private static final double[] WEEKEND = {
    .34, .22, .14, .08, .04, .05, .10, .22, .40, .58, .70, .74,
    .74, .72, .70, .70, .74, .80, .88, .94, 1.0, .96, .84, .58
  };

  private static final double MEAN_OF_DAY = 0.50;
  private static final long DAY_MILLIS = 86_400_000;
  private static final int MOST_LIKED = 80;

  private final Listener listener;
  private final Catalogue catalogue;
  private final Rhythm rhythm;
  private final RandomGenerator random;
  private final long[] nextSeq;
  private final List<Track> liked = new ArrayList<>();

  /** The rest of the session. */
  private final List<Track> queue = new ArrayList<>();

  private ContextType context = ContextType.OTHER;
  private @Nullable UUID contextId;
  private int device;
  private boolean offline;

  /** Plays of the session that wait for a connection. */
  private final List<Play> kept = new ArrayList<>();

  private long nextStart;

  Listening(long seed, Listener listener, Catalogue catalogue, Instant start, Rhythm rhythm) {
    this.listener = listener;
    this.catalogue = catalogue;
    this.rhythm = rhythm;
    random = Population.random(seed, listener.index(), 2);
    nextSeq = new long[listener.devices().size()];
    Arrays.fill(nextSeq, 1);
    nextStart = nextSession(start.toEpochMilli());
    openSession();
  }

  /** When the next play begins; nothing arrives before it. */
  long nextStart() {
    return nextStart;
  }

  int index() {
    return listener.index();
  }

  /** The next play; what arrives because of it goes to {@code uploads}. */
  void play(Consumer<Upload> uploads) {
    Track track = queue.remove(queue.size() - 1);
    boolean last = queue.isEmpty();
    EndReason end = end(track, last);
    long played = played(track, end);
    Device on = listener.devices().get(device);
    Play play =
        new Play(
            listener,
            on,
            nextSeq[device]++,
            track,
            Instant.ofEpochMilli(nextStart),
            played,
            context,
            contextId,
            offline,
            end);
    if (end == EndReason.COMPLETED) {
      remember(track);
    }
    if (offline) {
      kept.add(play);
    } else {
      send(
          List.of(play),
          play.endedAt().toEpochMilli() + 100 + random.nextInt(1_900),
          0.01,
          uploads);
    }
    nextStart += played + pauseMillis();
    if (last) {
      if (!kept.isEmpty()) {
        long online = nextStart + (long) (3_600_000 * 4 * exponential());
        send(kept, online, 0.3, uploads);
        kept.clear();
      }
      nextStart = nextSession(nextStart);
      openSession();
    }
  }

  /** All at once; now and then the acknowledgement is lost, and all of it is sent again. */
  private void send(List<Play> plays, long at, double lost, Consumer<Upload> uploads) {
    Instant first = Instant.ofEpochMilli(at);
    plays.forEach(play -> uploads.accept(new Upload(play, first, first)));
    if (random.nextDouble() < lost) {
      Instant again = first.plusMillis(2_000 + random.nextInt(600_000));
      plays.forEach(play -> uploads.accept(new Upload(play, again, first)));
    }
  }

  private long nextSession(long after) {
    if (rhythm == Rhythm.ALWAYS) {
      return after + 2_000 + random.nextInt(60_000);
    }
    // Thinning (Lewis and Shedler, 1979): candidates at the busiest hour's rate, of which each hour
    // keeps its share.
    double meanMillis = DAY_MILLIS / listener.sessionsADay() * MEAN_OF_DAY;
    long at = after;
    do {
      at += 1_000 + (long) (meanMillis * exponential());
    } while (random.nextDouble() >= share(at));
    return at;
  }

  private double share(long millis) {
    ZonedDateTime local = Instant.ofEpochMilli(millis).atZone(listener.zone());
    boolean weekend = local.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) >= 0;
    return (weekend ? WEEKEND : WEEKDAY)[local.getHour()];
  }

  /** Fills the queue, whose last is played first. */
  private void openSession() {
    device = random.nextDouble() < 0.6 ? 0 : random.nextInt(nextSeq.length);
    offline = device == 0 && random.nextDouble() < 0.07;
    double kind = random.nextDouble();
    if (kind < 0.18) {
      Album album = (random.nextBoolean() ? favourite() : draw()).album();
      fill(ContextType.ALBUM, album.id(), catalogue.of(album));
    } else if (kind < 0.38) {
      Artist artist = (random.nextInt(3) > 0 ? favourite() : draw()).artist();
      List<Track> best = catalogue.of(artist);
      List<Track> some = new ArrayList<>(best.subList(0, Math.min(best.size(), length())));
      shuffle(some);
      fill(ContextType.ARTIST, artist.id(), some);
    } else if (kind < 0.66 && liked.size() >= 4) {
      List<Track> some = new ArrayList<>(liked);
      shuffle(some);
      fill(ContextType.LIBRARY, null, some.subList(0, Math.min(some.size(), length())));
    } else {
      List<Track> drawn = new ArrayList<>();
      for (int left = length(); left > 0; left--) {
        drawn.add(draw());
      }
      boolean radio = random.nextBoolean();
      fill(
          radio ? ContextType.RADIO : ContextType.PLAYLIST,
          Uuids.named(listener.id(), radio ? "radio" : "playlist/" + random.nextInt(4)),
          drawn);
    }
  }

  private void fill(ContextType type, @Nullable UUID id, List<Track> tracks) {
    context = type;
    contextId = id;
    queue.addAll(tracks);
    Collections.reverse(queue);
  }

  /** Of a session that has no end of its own: 7 on average. */
  private int length() {
    return Math.min(40, 1 + (int) (6.5 * exponential()));
  }

  /** Mostly the own scenes; sometimes elsewhere in the own genres; rarely anything. */
  private Track draw() {
    double where = random.nextDouble();
    if (where < 0.08) {
      return catalogue.draw(random);
    }
    Taste taste = taste();
    return where < 0.25
        ? catalogue.draw(taste.genre(), random)
        : catalogue.draw(taste.genre(), taste.scene(), random);
  }

  private Taste taste() {
    double left = random.nextDouble();
    for (Taste taste : listener.tastes()) {
      left -= taste.weight();
      if (left < 0) {
        return taste;
      }
    }
    return listener.tastes().get(0);
  }

  private Track favourite() {
    List<Artist> artists = listener.favourites();
    List<Track> tracks = catalogue.of(artists.get(random.nextInt(artists.size())));
    return tracks.get(random.nextInt(tracks.size()));
  }

  private EndReason end(Track track, boolean last) {
    double chance = random.nextDouble();
    if (chance < 0.003) {
      return EndReason.FAILED;
    }
    double skip =
        liked.contains(track) ? 0.05 : listener.genres().contains(track.genre()) ? 0.2 : 0.5;
    if (chance < skip) {
      return EndReason.SKIPPED;
    }
    return last && random.nextInt(3) == 0 ? EndReason.STOPPED : EndReason.COMPLETED;
  }

  private long played(Track track, EndReason end) {
    int whole = track.durationMillis();
    return switch (end) {
      case COMPLETED -> whole;
      case FAILED -> random.nextInt(3_000);
      case SKIPPED ->
          random.nextInt(3) > 0
              ? 1_500 + random.nextInt(28_000)
              : 30_000 + random.nextInt(whole - 30_000);
      case STOPPED, UNKNOWN -> 5_000 + random.nextInt(whole - 5_000);
    };
  }

  private long pauseMillis() {
    return random.nextInt(25) == 0 ? 20_000 + random.nextInt(400_000) : 50 + random.nextInt(1_500);
  }

  private void remember(Track track) {
    if (random.nextInt(5) == 0 && !liked.contains(track)) {
      if (liked.size() == MOST_LIKED) {
        liked.remove(random.nextInt(MOST_LIKED));
      }
      liked.add(track);
    }
  }

  private void shuffle(List<Track> tracks) {
    for (int left = tracks.size(); left > 1; left--) {
      Collections.swap(tracks, left - 1, random.nextInt(left));
    }
  }

  /** Of mean 1. */
  private double exponential() {
    return -Math.log1p(-random.nextDouble());
  }
}
