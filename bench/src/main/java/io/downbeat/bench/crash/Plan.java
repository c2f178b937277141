package io.downbeat.bench.crash;

import io.downbeat.bench.crash.Fault.Cut;
import io.downbeat.bench.crash.Fault.FullDisk;
import io.downbeat.bench.crash.Fault.Kill;
import io.downbeat.bench.crash.Fault.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Which faults come, in which order. */
final class Plan {
  /** What holds or moves plays; the order in which pauses come. */
  static final List<String> PARTS =
      List.of("kafka", "stream-jobs", "cassandra", "ingest-api", "lake-catalog");

  static final List<String> DISKS = List.of("kafka", "cassandra");

  private static final int KILLS_FOR_ONE_OF_THE_OTHERS = 4;

  enum Kind {
    kill,
    pause,
    cut,
    full_disk
  }

  private Plan() {}

  /**
   * Rounds of one kill of each part in random order; every fourth round, and in the first, one of
   * each other kind as well.
   */
  static List<Fault> of(int killsOfEach, Set<Kind> kinds, Random random) {
    List<Fault> faults = new ArrayList<>();
    for (int round = 0; round < killsOfEach; round++) {
      List<Fault> ofRound = new ArrayList<>();
      if (kinds.contains(Kind.kill)) {
        PARTS.forEach(part -> ofRound.add(new Kill(part)));
      }
      if (round % KILLS_FOR_ONE_OF_THE_OTHERS == 0) {
        if (kinds.contains(Kind.pause)) {
          String part = PARTS.get(round / KILLS_FOR_ONE_OF_THE_OTHERS % PARTS.size());
          ofRound.add(new Pause(part, seconds(15, 20, random)));
        }
        if (kinds.contains(Kind.cut)) {
          ofRound.add(new Cut(seconds(4, 6, random)));
        }
        if (kinds.contains(Kind.full_disk)) {
          DISKS.forEach(part -> ofRound.add(new FullDisk(part, seconds(15, 20, random))));
        }
      }
      Collections.shuffle(ofRound, random);
      faults.addAll(ofRound);
    }
    return faults;
  }

  private static Duration seconds(int least, int most, Random random) {
    return Duration.ofSeconds(least + random.nextInt(most - least + 1));
  }
}
