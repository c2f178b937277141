package io.downbeat.bench.search;

import java.util.List;

/** Whether a hit is what was asked for. */
final class Judgement {
  private Judgement() {}

  /**
   * The same, or one of the same title and first artist: another release of a song is the same
   * answer.
   */
  static boolean isSame(Engine.Hit hit, Thing thing) {
    if (hit.kind() != thing.kind()) {
      return false;
    }
    return hit.id().equals(thing.id())
        || hit.title().equalsIgnoreCase(thing.title())
            && first(hit.artists()).equalsIgnoreCase(first(thing.artistNames()));
  }

  private static String first(List<String> names) {
    return names.isEmpty() ? "" : names.get(0);
  }

  /** 1 of the first hit, ½ of the second, and 0 beyond the tenth. */
  static double reciprocalRank(
      List<Engine.Hit> hits, java.util.function.Predicate<Engine.Hit> right) {
    for (int i = 0; i < Math.min(10, hits.size()); i++) {
      if (right.test(hits.get(i))) {
        return 1.0 / (i + 1);
      }
    }
    return 0;
  }
}
