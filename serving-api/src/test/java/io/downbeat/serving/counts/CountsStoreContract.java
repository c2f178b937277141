package io.downbeat.serving.counts;

import static io.downbeat.schemas.rules.Granularity.DAY;
import static io.downbeat.schemas.rules.Granularity.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link CountsStore} keeps to. */
abstract class CountsStoreContract {
  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

  private final UUID id = UUID.randomUUID();

  abstract CountsStore store();

  /** Puts a bucket into the store, as the writer would. */
  abstract void put(
      CountedKind kind, UUID of, Granularity granularity, Instant start, Map<String, Long> row);

  /** Puts what was counted in all days before one into the store. */
  abstract void putClosed(CountedKind kind, UUID of, Instant before, Map<String, Long> row);

  @Test
  void whatWasNeverPlayedHasNoBucketsAndZeroesInTotal() throws Exception {
    assertThat(buckets(CountedKind.TRACK, HOUR, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"))
        .isEmpty();
    assertThat(total(CountedKind.TRACK)).isEqualTo(Measures.ZERO);
  }

  @Test
  void hoursAreReadAcrossTheBoundaryOfTheYear() throws Exception {
    List<Bucket> expected = new ArrayList<>();
    for (int hour = -3; hour < 3; hour++) {
      Instant start = NEW_YEAR.plus(Duration.ofHours(hour));
      put(CountedKind.TRACK, id, HOUR, start, row(10 + hour));
      expected.add(new Bucket(start, Measures.of(row(10 + hour))));
    }

    assertThat(buckets(CountedKind.TRACK, HOUR, "2025-12-31T21:00:00Z", "2026-01-01T03:00:00Z"))
        .isEqualTo(expected);
    assertThat(buckets(CountedKind.TRACK, HOUR, "2025-12-31T22:00:00Z", "2026-01-01T02:00:00Z"))
        .isEqualTo(expected.subList(1, 5));
    assertThat(buckets(CountedKind.TRACK, HOUR, "2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z"))
        .isEqualTo(expected.subList(0, 3));
  }

  @Test
  void hoursOfThreeYearsAreInAscendingOrder() throws Exception {
    Instant first = Instant.parse("2024-12-31T23:00:00Z");
    Instant last = Instant.parse("2026-01-01T00:00:00Z");
    put(CountedKind.GENRE, id, HOUR, last, row(2));
    put(CountedKind.GENRE, id, HOUR, first, row(1));

    assertThat(buckets(CountedKind.GENRE, HOUR, "2024-12-01T00:00:00Z", "2026-01-02T00:00:00Z"))
        .extracting(Bucket::start)
        .containsExactly(first, last);
  }

  @Test
  void aPeriodHoldsItsBeginningAndNotItsEnd() throws Exception {
    put(CountedKind.ALBUM, id, DAY, NEW_YEAR, row(1));
    put(CountedKind.ALBUM, id, DAY, NEW_YEAR.plus(Duration.ofDays(1)), row(2));

    assertThat(buckets(CountedKind.ALBUM, DAY, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))
        .containsExactly(new Bucket(NEW_YEAR, Measures.of(row(1))));
  }

  @Test
  void kindsAndIdsAreKeptApart() throws Exception {
    put(CountedKind.ARTIST, id, DAY, NEW_YEAR, row(1));
    put(CountedKind.ALBUM, id, DAY, NEW_YEAR, row(2));
    put(CountedKind.ARTIST, UUID.randomUUID(), DAY, NEW_YEAR, row(4));

    assertThat(total(CountedKind.ARTIST)).isEqualTo(Measures.of(row(1)));
  }

  @Test
  void theTotalIsTheSumOfAllDaysAndPaged() throws Exception {
    int days = 5_000;
    long plays = 0;
    for (int day = 0; day < days; day++) {
      put(CountedKind.TRACK, id, DAY, NEW_YEAR.minus(Duration.ofDays(day)), row(day));
      plays += day;
    }

    Map<String, Long> all = total(CountedKind.TRACK).byName();

    assertThat(all)
        .containsEntry("plays", plays)
        .containsEntry("listened_millis", plays * 1_000)
        .containsEntry("skips", 0L);
    assertThat(buckets(CountedKind.TRACK, DAY, "2000-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))
        .hasSize(days)
        .isSortedAccordingTo((a, b) -> a.start().compareTo(b.start()));
  }

  @Test
  void listenersOfAllTimeAreNotTheSumOfDays() throws Exception {
    put(CountedKind.TRACK, id, DAY, NEW_YEAR, Map.of("plays", 5L, "listeners", 3L));
    put(
        CountedKind.TRACK,
        id,
        DAY,
        NEW_YEAR.plus(Duration.ofDays(1)),
        Map.of("plays", 4L, "listeners", 2L));
    put(CountedKind.TRACK, id, Granularity.ALL, Instant.EPOCH, Map.of("listeners", 4L));

    assertThat(total(CountedKind.TRACK).listeners()).isEqualTo(4);
    assertThat(total(CountedKind.TRACK).byName()).containsEntry("plays", 9L);
    assertThat(buckets(CountedKind.TRACK, DAY, "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"))
        .extracting(bucket -> bucket.measures().listeners())
        .containsExactly(3L, 2L);
  }

  @Test
  void fansAreThoseAddedLessThoseRemoved() throws Exception {
    put(CountedKind.TRACK, id, DAY, NEW_YEAR, row(5));
    put(
        CountedKind.TRACK,
        id,
        Granularity.ALL,
        Instant.EPOCH,
        Map.of("listeners", 4L, "likes_added", 7L, "likes_removed", 2L));
    putClosed(CountedKind.TRACK, id, NEW_YEAR, row(100));
    put(
        CountedKind.USER,
        id,
        Granularity.ALL,
        Instant.EPOCH,
        Map.of("followers_added", 3L, "followers_removed", 3L));

    assertThat(total(CountedKind.TRACK).fans()).isEqualTo(5);
    assertThat(total(CountedKind.TRACK).listeners()).isEqualTo(4);
    assertThat(total(CountedKind.TRACK).byName()).containsEntry("plays", 105L);
    assertThat(total(CountedKind.USER)).isEqualTo(Measures.ZERO);
  }

  @Test
  void theTotalIsTheNewestClosedOneAndTheDaysFromThereOn() throws Exception {
    for (int day = 0; day < 4; day++) {
      put(CountedKind.ALBUM, id, DAY, NEW_YEAR.plus(Duration.ofDays(day)), row(1L << day));
    }
    Map<String, Long> allTime = Map.of("listeners", 4L);
    put(CountedKind.ALBUM, id, Granularity.ALL, Instant.EPOCH, allTime);
    Measures byFour = Measures.of(allTime);

    putClosed(CountedKind.ALBUM, id, NEW_YEAR.plus(Duration.ofDays(1)), row(100));
    assertThat(total(CountedKind.ALBUM)).isEqualTo(sum(100, 2, 4, 8).withAllTime(byFour));

    putClosed(CountedKind.ALBUM, id, NEW_YEAR.plus(Duration.ofDays(3)), row(1_000));
    assertThat(total(CountedKind.ALBUM)).isEqualTo(sum(1_000, 8).withAllTime(byFour));

    putClosed(CountedKind.ALBUM, id, NEW_YEAR.plus(Duration.ofDays(40)), row(10_000));
    assertThat(total(CountedKind.ALBUM)).isEqualTo(sum(10_000).withAllTime(byFour));
  }

  @Test
  void aMeasureThatIsNotThereIsZeroAndAnUnknownOneIsLeftOut() throws Exception {
    put(CountedKind.TRACK, id, DAY, NEW_YEAR, Map.of("plays", 7L, "yet_to_come", 9L));

    assertThat(total(CountedKind.TRACK).byName())
        .isEqualTo(Map.of("plays", 7L, "streams", 0L, "listened_millis", 0L, "skips", 0L));
  }

  private List<Bucket> buckets(CountedKind kind, Granularity granularity, String from, String to)
      throws Exception {
    return store()
        .buckets(kind, id, new Period(granularity, Instant.parse(from), Instant.parse(to)))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private Measures total(CountedKind kind) throws Exception {
    return store().total(kind, id).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static Measures sum(long... plays) {
    return LongStream.of(plays)
        .mapToObj(of -> Measures.of(row(of)))
        .reduce(Measures.ZERO, Measures::plus);
  }

  private static Map<String, Long> row(long plays) {
    return Map.of("plays", plays, "streams", plays / 2, "listened_millis", plays * 1_000);
  }
}
