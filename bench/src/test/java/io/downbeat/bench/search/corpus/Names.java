package io.downbeat.bench.search.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A small catalogue to learn from, with words by Zipf's law and some habits. */
public final class Names {
  private static final String SYLLABLES = "ka lo mi ra ne tu so vi de la ber mon tis gar olé";

  private Names() {}

  public static RealCatalogue catalogue() {
    Random random = new Random(3);
    List<RealCatalogue.Track> tracks = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      String title = word(random) + (i % 3 == 0 ? "" : " " + word(random));
      String habit =
          switch (i % 10) {
            case 0 -> " (Live)";
            case 1 -> " - Remastered";
            case 2 -> " (feat. " + word(random) + ")";
            default -> "";
          };
      tracks.add(
          new RealCatalogue.Track(
              title + habit,
              word(random) + " " + word(random),
              "The " + word(random),
              random.nextInt(100)));
    }
    return new RealCatalogue(tracks, List.of());
  }

  private static String word(Random random) {
    String[] syllables = SYLLABLES.split(" ");
    int rank = (int) Math.pow(20_000, random.nextDouble());
    Random ofRank = new Random(rank);
    ofRank.nextInt();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < 2 + rank % 3; i++) {
      word.append(syllables[ofRank.nextInt(syllables.length)]);
    }
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
