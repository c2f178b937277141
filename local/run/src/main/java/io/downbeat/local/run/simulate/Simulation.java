package io.downbeat.local.run.simulate;

import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Invented listeners and what they play, as it would arrive: mostly at once, some of it hours late,
 * some twice. A pure function of its settings: the same ones give the same plays, ids included.
 *
 * <p>The listeners of a benchmark are {@link #listeners()} with their tastes; their plays until a
 * time T {@code plays(start, T)} and those after it {@code plays(T, end)}, where {@link
 * Upload#again} tells the copies. Immutable and thread-safe, unlike a stream that it gives.
 */
public final class Simulation {
  private static final Comparator<Upload> BY_ARRIVAL =
      Comparator.comparing(Upload::arrivesAt)
          .thenComparing(upload -> upload.play().listener().index())
          .thenComparing(upload -> upload.play().startedAt());
  private static final Comparator<Listening> BY_NEXT_START =
      Comparator.comparingLong(Listening::nextStart).thenComparingInt(Listening::index);

  /**
   * What makes a simulation.
   *
   * @param seed of everything
   * @param tracks of the catalogue, at least
   * @param firstListener index of the first one: two simulations of one seed share no listener if
   *     their indices differ
   * @param start of all listening
   * @param sessionsADay of the mean listener, of some seven plays each, where the rhythm is the
   *     day's
   */
  public record Settings(
      long seed,
      int tracks,
      int firstListener,
      int listeners,
      Instant start,
      double sessionsADay,
      Rhythm rhythm) {

    public Settings {
      if (tracks < 1 || listeners < 1 || firstListener < 0 || !(sessionsADay > 0)) {
        throw new IllegalArgumentException(
            "Cannot simulate %d listeners from index %d on with %s sessions a day and %d tracks: each must be positive"
                .formatted(listeners, firstListener, sessionsADay, tracks));
      }
    }
  }

  private final Settings settings;
  private final Catalogue catalogue;
  private final Population population;

  private Simulation(Settings settings, Catalogue catalogue) {
    this.settings = settings;
    this.catalogue = catalogue;
    this.population =
        new Population(settings.seed(), catalogue, settings.start(), settings.sessionsADay());
  }

  /** The demo's own: 6,000 tracks, listeners that play some seven tracks a day. */
  public static Simulation of(long seed, Instant start, int listeners) {
    return of(new Settings(seed, 6_000, 0, listeners, start, 0.97, Rhythm.DAILY));
  }

  public static Simulation of(Settings settings) {
    return new Simulation(settings, new Catalogue(settings.seed(), settings.tracks()));
  }

  /** Other listeners of the same catalogue, from then on always listening. */
  Simulation crowd(int listeners, Instant from) {
    return new Simulation(
        new Settings(
            settings.seed(),
            settings.tracks(),
            settings.firstListener() + settings.listeners(),
            listeners,
            from,
            settings.sessionsADay(),
            Rhythm.ALWAYS),
        catalogue);
  }

  public Catalogue catalogue() {
    return catalogue;
  }

  public Stream<Listener> listeners() {
    return IntStream.range(0, settings.listeners())
        .mapToObj(i -> population.listener(settings.firstListener() + i));
  }

  /**
   * What arrives from the one time until before the other, in this order; endless where there is no
   * end. Lazy: memory is that of the listeners and of what is on its way. Everything before {@code
   * from} is played too, and left out.
   */
  public Stream<Upload> plays(Instant from, @Nullable Instant to) {
    Stream<Upload> all =
        StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                new Arrivals(), Spliterator.ORDERED | Spliterator.NONNULL),
            false);
    Stream<Upload> begun = all.dropWhile(upload -> upload.arrivesAt().isBefore(from));
    return to == null ? begun : begun.takeWhile(upload -> upload.arrivesAt().isBefore(to));
  }

  /**
   * Merges the listeners: nothing of any listener can arrive before that one's next play begins.
   */
  private final class Arrivals implements Iterator<Upload> {
    private final PriorityQueue<Listening> playing = new PriorityQueue<>(BY_NEXT_START);
    private final PriorityQueue<Upload> onTheWay = new PriorityQueue<>(BY_ARRIVAL);

    Arrivals() {
      long seed = settings.seed() ^ settings.start().toEpochMilli();
      listeners()
          .map(
              listener ->
                  new Listening(seed, listener, catalogue, settings.start(), settings.rhythm()))
          .forEach(playing::add);
    }

    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public Upload next() {
      Listening first = playing.peek();
      Upload next = onTheWay.peek();
      while (first != null
          && (next == null || next.arrivesAt().toEpochMilli() >= first.nextStart())) {
        playing.remove();
        first.play(onTheWay::add);
        playing.add(first);
        first = playing.peek();
        next = onTheWay.peek();
      }
      if (next == null) {
        throw new NoSuchElementException("Listeners never stop");
      }
      return onTheWay.remove();
    }
  }
}
