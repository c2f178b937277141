package io.downbeat.local.run.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant LAST_WEEK = START.plus(Duration.ofDays(21));
  private static final Instant NOW = START.plus(Duration.ofDays(28));

  private static final Simulation DEMO = Simulation.of(1, START, 1_200);
  private static final List<Upload> UPLOADS = DEMO.plays(START, NOW).toList();
  private static final List<Play> PLAYS =
      UPLOADS.stream().filter(upload -> !upload.again()).map(Upload::play).toList();

  @Test
  void theDemoIsAsLargeAsItSays() {
    assertThat(PLAYS).hasSizeGreaterThan(200_000);
    assertThat(DEMO.catalogue().tracks()).hasSizeGreaterThan(5_000);
    assertThat(DEMO.catalogue().artists().count()).isBetween(500L, 900L);
    assertThat(DEMO.listeners()).hasSize(1_200);
  }

  @Test
  void theSameSettingsGiveTheSamePlays() {
    Simulation demo = Simulation.of(1, START, 100);
    List<UUID> ids = ids(demo.plays(START, NOW));

    assertThat(Simulation.of(1, START, 100).plays(START, NOW).toList())
        .isEqualTo(demo.plays(START, NOW).toList());
    for (Simulation other :
        List.of(Simulation.of(2, START, 100), Simulation.of(1, START.plusSeconds(1), 100))) {
      assertThat(Collections.disjoint(new HashSet<>(ids), ids(other.plays(START, NOW)))).isTrue();
    }
  }

  @Test
  void aListenerIsTheSameAmongOthers() {
    List<Upload> few = Simulation.of(1, START, 20).plays(START, NOW).toList();

    assertThat(UPLOADS.stream().filter(upload -> upload.play().listener().index() < 20).toList())
        .isEqualTo(few);
  }

  @Test
  void aLaterCallGoesOnWhereTheEarlierOneEnded() {
    Simulation simulation = Simulation.of(1, START, 50);
    List<Upload> parts = new ArrayList<>(simulation.plays(START, LAST_WEEK).toList());
    parts.addAll(simulation.plays(LAST_WEEK, NOW).toList());

    assertThat(parts).isEqualTo(simulation.plays(START, NOW).toList());
  }

  @Test
  void theCrowdIsOtherListenersAtTheRateThatItIsFor() {
    Simulation crowd = DEMO.crowd((int) (2 * Demo.LISTENERS_A_PLAY), NOW);
    List<Upload> hour = crowd.plays(NOW.plusSeconds(3_600), NOW.plusSeconds(7_200)).toList();

    assertThat(hour.size() / 3_600.0).isCloseTo(2, within(0.2));
    Set<UUID> demo = DEMO.listeners().map(Listener::id).collect(Collectors.toSet());
    assertThat(crowd.listeners().map(Listener::id)).doesNotContainAnyElementsOf(demo);
  }

  @Test
  void uploadsArriveInOrderAndNoneFromTheFuture() {
    assertThat(UPLOADS).isSortedAccordingTo(Comparator.comparing(Upload::arrivesAt));
    assertThat(UPLOADS)
        .allSatisfy(
            upload -> {
              assertThat(upload.arrivesAt())
                  .isBefore(NOW)
                  .isAfterOrEqualTo(upload.play().endedAt());
              assertThat(upload.play().startedAt()).isAfterOrEqualTo(START);
            });
  }

  @Test
  void aPlayBeginsAfterTheEndOfTheListenersEarlierOne() {
    Map<UUID, List<Play>> byListener =
        PLAYS.stream().collect(Collectors.groupingBy(play -> play.listener().id()));

    assertThat(byListener).hasSizeGreaterThan(1_150);
    byListener
        .values()
        .forEach(
            plays -> {
              List<Play> inOrder =
                  plays.stream().sorted(Comparator.comparing(Play::startedAt)).toList();
              for (int i = 1; i < inOrder.size(); i++) {
                assertThat(inOrder.get(i).startedAt()).isAfter(inOrder.get(i - 1).endedAt());
              }
            });
  }

  @Test
  void devicesNumberTheirPlaysInTheOrderInWhichTheyAreHeard() {
    Map<UUID, List<Play>> byDevice =
        PLAYS.stream().collect(Collectors.groupingBy(play -> play.device().id()));

    assertThat(PLAYS.stream().map(Play::id).distinct()).hasSize(PLAYS.size());
    byDevice
        .values()
        .forEach(
            plays ->
                assertThat(plays.stream().sorted(Comparator.comparing(Play::startedAt)))
                    .isSortedAccordingTo(Comparator.comparingLong(Play::deviceSeq)));
  }

  @Test
  void someAreLateAndSomeComeTwiceTheSame() {
    Map<UUID, Play> first = new HashMap<>();
    long copies = 0;
    for (Upload upload : UPLOADS) {
      Play earlier = first.putIfAbsent(upload.play().id(), upload.play());
      assertThat(upload.again()).isEqualTo(earlier != null);
      if (earlier != null) {
        assertThat(upload.play()).isEqualTo(earlier);
        copies++;
      }
    }
    long late =
        UPLOADS.stream()
            .filter(upload -> !upload.again())
            .filter(
                upload ->
                    upload.arrivesAt().isAfter(upload.play().endedAt().plus(Duration.ofHours(1))))
            .peek(upload -> assertThat(upload.play().offline()).isTrue())
            .count();

    assertThat((double) copies / PLAYS.size()).isBetween(0.015, 0.06);
    assertThat((double) late / PLAYS.size()).isBetween(0.02, 0.10);
  }

  @Test
  void skipsArePartOfItAndShorterThanTheTrack() {
    assertThat(share(play -> play.endReason() == EndReason.SKIPPED)).isBetween(0.10, 0.25);
    assertThat(share(play -> play.playedMillis() >= 30_000)).isBetween(0.80, 0.95);
    assertThat(PLAYS)
        .allSatisfy(
            play -> {
              long whole = play.track().durationMillis();
              if (play.endReason() == EndReason.COMPLETED) {
                assertThat(play.playedMillis()).isEqualTo(whole);
              } else {
                assertThat(play.playedMillis()).isBetween(0L, whole - 1);
              }
            });
  }

  @Test
  void everyKindOfSessionOccurs() {
    assertThat(PLAYS.stream().map(Play::context).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            ContextType.ALBUM,
            ContextType.ARTIST,
            ContextType.LIBRARY,
            ContextType.RADIO,
            ContextType.PLAYLIST);
  }

  @Test
  void playsFollowZipfsLawOverAllTracksAndWithinAGenre() {
    assertThat(slope(play -> true)).isCloseTo(-0.75, within(0.25));
    assertThat(slope(play -> play.track().genre() == Genre.POP)).isCloseTo(-0.75, within(0.25));
  }

  @Test
  void listenersPlayWhatTheyLikeInTheShareInWhichTheyLikeIt() {
    assertThat(share(play -> play.listener().genres().contains(play.track().genre())))
        .isBetween(0.90, 0.98);

    for (Genre genre : List.of(Genre.POP, Genre.FOLK, Genre.REGGAE)) {
      double liked =
          PLAYS.stream()
              .map(play -> play.listener().tastes())
              .flatMap(List::stream)
              .filter(taste -> taste.genre() == genre)
              .mapToDouble(Listener.Taste::weight)
              .sum();
      double played = PLAYS.stream().filter(play -> play.track().genre() == genre).count();
      assertThat(played / liked).as("%s", genre).isCloseTo(1, within(0.15));
    }
  }

  @Test
  void theLastWeekIsNewTracksWithinTheOldTaste() {
    Map<UUID, Set<Track>> before = new HashMap<>();
    for (Play play : PLAYS) {
      if (play.startedAt().isBefore(LAST_WEEK)) {
        before.computeIfAbsent(play.listener().id(), id -> new HashSet<>()).add(play.track());
      }
    }
    List<Play> unheard =
        PLAYS.stream()
            .filter(play -> !play.startedAt().isBefore(LAST_WEEK))
            .filter(
                play -> !before.getOrDefault(play.listener().id(), Set.of()).contains(play.track()))
            .toList();
    double ownScene =
        (double)
                unheard.stream()
                    .filter(
                        play ->
                            play.listener().tastes().stream()
                                .anyMatch(
                                    taste ->
                                        taste.genre() == play.track().genre()
                                            && taste.scene() == play.track().artist().scene()))
                    .count()
            / unheard.size();

    assertThat(unheard).hasSizeGreaterThan(10_000);
    assertThat(ownScene).as("share of the listener's own scenes, of 42").isGreaterThan(0.6);
  }

  @Test
  void favouritesComeBack() {
    Map<UUID, Map<Track, Long>> times =
        PLAYS.stream()
            .collect(
                Collectors.groupingBy(
                    play -> play.listener().id(),
                    Collectors.groupingBy(Play::track, Collectors.counting())));
    long oftenHeard =
        times.values().stream()
            .filter(tracks -> tracks.values().stream().anyMatch(count -> count >= 5))
            .count();

    assertThat(oftenHeard).isGreaterThan(500);
  }

  @Test
  void eveningsAreBusierThanNightsAtTheListenersOwnClock() {
    double evening = share(play -> local(play).getHour() >= 18 && local(play).getHour() < 22);
    double night = share(play -> local(play).getHour() >= 1 && local(play).getHour() < 5);
    double weekendMornings =
        share(play -> weekend(play) && local(play).getHour() < 3) / share(SimulationTest::weekend);
    double weekdayMornings =
        share(play -> !weekend(play) && local(play).getHour() < 3)
            / (1 - share(SimulationTest::weekend));

    assertThat(evening).isGreaterThan(5 * night);
    assertThat(weekendMornings).isGreaterThan(1.5 * weekdayMornings);
  }

  @Test
  void settingsThatMakeNoSenseAreNamed() {
    assertThatThrownBy(() -> Simulation.of(1, START, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 listeners");
  }

  private static ZonedDateTime local(Play play) {
    return play.startedAt().atZone(play.listener().zone());
  }

  private static boolean weekend(Play play) {
    return local(play).getDayOfWeek().compareTo(DayOfWeek.SATURDAY) >= 0;
  }

  private static double share(Predicate<Play> which) {
    return (double) PLAYS.stream().filter(which).count() / PLAYS.size();
  }

  /** Of log(plays) over log(rank), for the ranks 3 to 300, by least squares. */
  private static double slope(Predicate<Play> which) {
    Iterator<Long> ranked =
        PLAYS.stream()
            .filter(which)
            .collect(Collectors.groupingBy(Play::track, Collectors.counting()))
            .values()
            .stream()
            .sorted(Comparator.reverseOrder())
            .iterator();
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXy = 0;
    double sumXx = 0;
    for (int rank = 1; rank <= 300; rank++) {
      double y = Math.log(ranked.next());
      if (rank >= 3) {
        double x = Math.log(rank);
        n++;
        sumX += x;
        sumY += y;
        sumXy += x * y;
        sumXx += x * x;
      }
    }
    return (n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX);
  }

  private static List<UUID> ids(Stream<Upload> uploads) {
    return uploads.map(upload -> upload.play().id()).toList();
  }
}
