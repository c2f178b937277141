package io.downbeat.bench.search;

import io.downbeat.bench.search.corpus.Corpus;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * People who look for a track, more often for one that is streamed more: they type its artist and
 * title, its title or its artist, letter by letter, some without its accents, some with one error.
 * Many do so at a time: their keystrokes come in turn. Not thread-safe.
 */
final class Typing {
  private static final int AT_A_TIME = 40;
  private static final int LONGEST = 30;
  private static final double WITH_ERROR = .15;
  private static final double WITHOUT_ACCENTS = .7;
  private static final double ARTIST_AND_TITLE = .4;
  private static final double TITLE = .35;

  private final Corpus corpus;
  private final SplittableRandom random;
  private final List<Session> sessions = new ArrayList<>();
  private int turn;

  private static final class Session {
    private final String text;
    private int typed;

    private Session(String text) {
      this.text = text;
    }
  }

  Typing(Corpus corpus, long seed) {
    this.corpus = corpus;
    this.random = new SplittableRandom(seed);
    for (int i = 0; i < AT_A_TIME; i++) {
      Session session = session();
      // They didn't begin at the same moment.
      session.typed = random.nextInt(session.text.length());
      sessions.add(session);
    }
  }

  /** What stands in the search box of the next one who types a letter. */
  String next() {
    int each = turn++ % AT_A_TIME;
    Session session = sessions.get(each);
    session.typed++;
    // A blank asks for nothing new.
    if (session.typed <= session.text.length() && session.text.charAt(session.typed - 1) == ' ') {
      session.typed++;
    }
    if (session.typed > session.text.length()) {
      session = session();
      session.typed = 1;
      sessions.set(each, session);
    }
    return session.text.substring(0, session.typed);
  }

  List<String> next(int keystrokes) {
    List<String> all = new ArrayList<>(keystrokes);
    for (int i = 0; i < keystrokes; i++) {
      all.add(next());
    }
    return all;
  }

  private Session session() {
    while (true) {
      String text = text(corpus.track(corpus.streamed(random)));
      if (random.nextDouble() < WITHOUT_ACCENTS) {
        text = Text.withoutAccents(text);
      }
      if (random.nextDouble() < WITH_ERROR) {
        text = Typo.in(text, random).orElse(text);
      }
      if (!text.isBlank()) {
        return new Session(text.substring(0, Math.min(text.length(), LONGEST)).strip());
      }
    }
  }

  private String text(Corpus.Track track) {
    String artist = Text.typed(track.artists().get(0).name());
    String title = Text.typed(track.title());
    double drawn = random.nextDouble();
    if (drawn < ARTIST_AND_TITLE) {
      return (artist + " " + title).strip();
    }
    return drawn < ARTIST_AND_TITLE + TITLE ? title : artist;
  }
}
