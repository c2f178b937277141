package io.downbeat.local.run.simulate;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Makes up names of artists and titles. No two artists have the same name. For one thread. */
final class Names {
  private static final List<String> ONSETS =
      words("B,Br,C,D,Dr,F,Fl,G,H,J,K,L,M,N,P,R,S,Sh,T,Tr,V,W,Z,Th,St");
  private static final List<String> VOWELS = words("a,e,i,o,u,ia,ea,o,a,e");
  private static final List<String> MIDDLES = words("l,r,n,v,m,s,d,nd,ll,rr,st,k,z,b");
  private static final List<String> ENDS = words("n,r,s,l,x,,,,th,nne,lle,ck");
  private static final List<String> FIRST_NAMES =
      words(
          "Ada,Amara,Bela,Caio,Clara,Dario,Dina,Edda,Elio,Esme,Femi,Greta,Hana,Ines,Ivo,Jonas,Kaya,"
              + "Lena,Lior,Luca,Mara,Milo,Nadia,Nico,Noor,Odile,Otis,Pia,Rafa,Ravi,Rosa,Sana,Silas,"
              + "Tao,Thea,Uma,Vera,Wren,Yara,Zeno");
  private static final List<String> ADJECTIVES =
      words(
          "Amber,Broken,Burning,Crooked,Distant,Electric,Empty,Faded,Gentle,Golden,Hidden,Hollow,Late,"
              + "Little,Lonely,Lost,Lucid,Northern,Open,Pale,Paper,Quiet,Restless,Scarlet,Second,"
              + "Silent,Silver,Slow,Sleepless,Southern,Strange,Sudden,Tall,Tender,Violet,Wild,Winter");
  private static final List<String> NOUNS =
      words(
          "Animals,Arrows,Balloons,Birds,Bridges,Cities,Clouds,Coasts,Doors,Echoes,Engines,Fields,"
              + "Fires,Gardens,Ghosts,Giants,Houses,Islands,Keys,Lakes,Letters,Lights,Maps,Machines,"
              + "Mountains,Oceans,Parades,Pilots,Planets,Rooms,Sailors,Shadows,Stairs,Stars,Stones,"
              + "Strangers,Towers,Trains,Waves,Windows,Wolves");
  private static final List<String> PHRASES =
      words(
          "After the,Before the,Behind the,Beneath the,Beyond the,Close to the,Waiting for the,Leave the,"
              + "Follow the,Hold the,Kiss the,Under the,Letters from the,Dancing with the,Back to the,"
              + "Song for the,Half of the,Home to the,Run from the,Two Miles from the");
  private static final List<String> KEYS =
      words("C Major,D Minor,E Flat,F Minor,G Major,A Minor,B Flat,F Sharp Minor,D Major");

  private final RandomGenerator random;
  private final Set<String> taken = new HashSet<>();

  Names(RandomGenerator random) {
    this.random = random;
  }

  static String firstName(RandomGenerator random) {
    return FIRST_NAMES.get(random.nextInt(FIRST_NAMES.size()));
  }

  String artist(Genre genre) {
    while (true) {
      String name =
          switch (random.nextInt(6)) {
            case 0, 1 -> one(FIRST_NAMES) + " " + invented();
            case 2 -> "The " + one(ADJECTIVES) + " " + one(NOUNS);
            case 3 -> one(genre.words()) + " " + one(NOUNS);
            case 4 -> invented();
            default -> electronic(genre) ? invented() + " " + one(genre.words()) : band(genre);
          };
      if (taken.add(name.toLowerCase(Locale.ROOT))) {
        return name;
      }
    }
  }

  private String band(Genre genre) {
    return one(FIRST_NAMES) + " & the " + one(genre.words()) + " " + one(NOUNS);
  }

  String title(Genre genre) {
    if (genre == Genre.CLASSICAL && random.nextInt(3) > 0) {
      return "%s No. %d in %s".formatted(one(genre.words()), 1 + random.nextInt(24), one(KEYS));
    }
    return switch (random.nextInt(7)) {
      case 0 -> one(genre.words());
      case 1 -> one(ADJECTIVES) + " " + one(NOUNS);
      case 2 -> one(PHRASES) + " " + one(genre.words());
      case 3 -> one(PHRASES) + " " + one(ADJECTIVES) + " " + one(NOUNS);
      case 4 -> one(genre.words()) + " and " + one(NOUNS);
      case 5 -> invented();
      default -> one(ADJECTIVES) + " " + one(genre.words());
    };
  }

  private static boolean electronic(Genre genre) {
    return switch (genre) {
      case HOUSE, TECHNO, AMBIENT, HIP_HOP -> true;
      default -> false;
    };
  }

  /** Two or three syllables that can be said. */
  private String invented() {
    StringBuilder word = new StringBuilder(one(ONSETS)).append(one(VOWELS));
    for (int i = random.nextInt(2); i >= 0; i--) {
      word.append(one(MIDDLES)).append(one(VOWELS));
    }
    return word.append(one(ENDS)).toString();
  }

  private String one(List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  private static List<String> words(String words) {
    return List.of(words.split(",", -1));
  }
}
