package io.downbeat.schemas.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.LibraryList;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RulesTest {

  @Test
  void pauseUnder30SecondsIsAPlayButNoStream() {
    assertThat(Counters.of(29_999, EndReason.STOPPED)).containsExactly(1, 0, 29_999, 0);
    assertThat(Counters.of(30_000, EndReason.STOPPED)).containsExactly(1, 1, 30_000, 0);
  }

  @Test
  void skipIsCountedHoweverLateItComes() {
    assertThat(Counters.of(40_000, EndReason.SKIPPED)).containsExactly(1, 1, 40_000, 1);
  }

  @Test
  void bucketsBeginAtWholeHoursAndDaysOfUtc() {
    long time = Instant.parse("2026-03-29T01:59:59.999Z").toEpochMilli();
    assertThat(Instant.ofEpochMilli(Granularity.HOUR.bucketOf(time)))
        .hasToString("2026-03-29T01:00:00Z");
    assertThat(Instant.ofEpochMilli(Granularity.DAY.bucketOf(time)))
        .hasToString("2026-03-29T00:00:00Z");
  }

  @Test
  void bucketsBefore1970BeginEarlierNotLater() {
    assertThat(Granularity.DAY.bucketOf(-1)).isEqualTo(-86_400_000);
  }

  @Test
  void weeksBeginOnMondaysOfUtc() {
    for (String time : List.of("2026-11-23T00:00:00Z", "2026-11-29T23:59:59.999Z")) {
      assertThat(
              Instant.ofEpochMilli(Granularity.WEEK.bucketOf(Instant.parse(time).toEpochMilli())))
          .hasToString("2026-11-23T00:00:00Z");
    }
    assertThat(Granularity.ALL.bucketOf(Instant.parse("2026-11-23T00:00:00Z").toEpochMilli()))
        .isZero();
  }

  @Test
  void ofEqualStreamsTheGreaterTrackIdComesFirst() {
    ChartEntry less = new ChartEntry(new UUID(1, 0), 5);
    ChartEntry greater = new ChartEntry(new UUID(-1, 0), 5);
    ChartEntry most = new ChartEntry(new UUID(0, 0), 6);
    assertThat(Stream.of(less, greater, most).sorted()).containsExactly(most, greater, less);
  }

  @Test
  void fansAreThoseWhoseListHasTheThingNow() {
    assertThat(Fans.kindIn(LibraryList.LIKED_TRACKS)).contains(CountedKind.TRACK);
    assertThat(Fans.kindIn(LibraryList.FOLLOWED_USERS)).contains(CountedKind.USER);
    assertThat(Fans.kindIn(LibraryList.HIDDEN_TRACKS)).isEmpty();
    assertThat(Fans.of(CountedKind.ARTIST)).contains(Fans.FOLLOWERS);
    assertThat(Fans.of(CountedKind.GENRE)).isEmpty();
    assertThat(Fans.LIKES.in(Map.of("likes_added", 5L, "likes_removed", 2L, "listeners", 9L)))
        .isEqualTo(3);
    assertThat(Fans.FOLLOWERS.in(Map.of())).isZero();
  }

  @Test
  void anEpochKeepsToItsBits() {
    assertThat(new Epoch(2).timestamp(3)).isEqualTo((1L << 53) + 3);
    assertThatThrownBy(() -> new Epoch(2_048))
        .hasMessage("The epoch is 2048, but lies between 1 and 2047");
    assertThatThrownBy(() -> new Epoch(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void recountsComeBetweenTheStreamsEpochs() {
    assertThat(Epoch.FIRST.ofRecounts()).isEqualTo(new Epoch(2));
    assertThat(Epoch.FIRST.afterRebuild()).isEqualTo(new Epoch(3));
  }

  @Test
  void aDayIsOpenUntilTheLogsDayLeavesItBehind() {
    OpenWindow window = new OpenWindow(36);
    long started = millis("2026-10-20T23:59:59.999Z");
    for (Granularity size : List.of(Granularity.HOUR, Granularity.DAY)) {
      assertThat(window.isOpen(size, started, millis("2026-11-24T23:59:59.999Z"))).isTrue();
      assertThat(window.isOpen(size, started, millis("2026-11-25T00:00:00Z"))).isFalse();
    }
    assertThat(window.firstOpen(millis("2026-11-24T12:00:00Z")))
        .isEqualTo(millis("2026-10-20T00:00:00Z"));
  }

  @Test
  void aWeekIsOpenAsLongAsOneOfItsDays() {
    OpenWindow window = new OpenWindow(36);
    long monday = millis("2026-10-19T00:00:00Z");
    assertThat(window.isOpen(Granularity.WEEK, monday, millis("2026-11-29T23:59:59.999Z")))
        .isTrue();
    assertThat(window.isOpen(Granularity.WEEK, monday, millis("2026-11-30T00:00:00Z"))).isFalse();
    assertThat(window.isOpen(Granularity.ALL, 0, millis("2026-11-30T00:00:00Z"))).isTrue();
  }

  @Test
  void aLatePlayCountsForItsWeekAsLongAsThatIsOpen() {
    OpenWindow window = new OpenWindow(36);
    long tuesday = millis("2026-10-20T12:00:00Z");
    assertThat(window.smallestOpen(tuesday, millis("2026-11-24T23:59:59.999Z")))
        .isEqualTo(Granularity.HOUR);
    assertThat(window.smallestOpen(tuesday, millis("2026-11-25T00:00:00Z")))
        .isEqualTo(Granularity.WEEK);
    assertThat(window.smallestOpen(tuesday, millis("2026-11-29T23:59:59.999Z")))
        .isEqualTo(Granularity.WEEK);
    assertThat(window.smallestOpen(tuesday, millis("2026-11-30T00:00:00Z")))
        .isEqualTo(Granularity.ALL);
  }

  private static long millis(String time) {
    return Instant.parse(time).toEpochMilli();
  }
}
