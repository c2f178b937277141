package io.downbeat.bench.search.corpus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes names after the shape of real ones: a real name says how many words there are, how they are
 * written and what stands between them; the words are others. What stands in brackets or after a
 * dash, and often does ("Live", "Remix", "Remastered"), stays. Thread-safe.
 */
final class Phrases {
  /** A word that so many names have in brackets or after a dash is a habit, not a word. */
  private static final int HABIT = 15;

  private static final int MOST_WORDS = 16;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}'’$]+");
  private static final Pattern ASIDE = Pattern.compile("[(\\[].*?[)\\]]|\\s-\\s.*");
  private static final Pattern FEATURED =
      Pattern.compile(
          "(?<=\\b(feat|ft|with)\\.?\\s)[^)\\]]+?(?=[)\\]]|\\s-\\s|$)", Pattern.CASE_INSENSITIVE);

  private static final Pattern FEATURING =
      Pattern.compile("feat|ft|featuring", Pattern.CASE_INSENSITIVE);

  private enum Case {
    LOWER,
    CAPITAL,
    UPPER
  }

  private sealed interface Part {
    record Text(String text) implements Part {}

    record Word(Case written) implements Part {}

    record Guest() implements Part {}
  }

  private final List<List<Part>> shapes = new ArrayList<>();
  private final Words words;

  /**
   * @param guest the artist that the name names beside its own
   */
  record Made(String name, @Nullable Long guest) {}

  /** An artist whom a title names. */
  record Guest(long number, String name) {}

  Phrases(Collection<String> names, Words words) {
    this.words = words;
    Map<String, Integer> aside =
        Words.counted(
            names.stream().flatMap(name -> matches(ASIDE, name)).flatMap(Phrases::words).toList());
    for (String name : names) {
      if (words(name).count() <= MOST_WORDS) {
        shapes.add(shape(name, aside));
      }
    }
  }

  /** Those that are neither in brackets nor after a dash, and name no guest. */
  static Stream<String> ownWords(String name) {
    String own = ASIDE.matcher(name).replaceAll(" ");
    return words(own).filter(word -> !FEATURING.matcher(word).matches());
  }

  static Stream<String> words(String name) {
    return matches(WORD, name);
  }

  private static Stream<String> matches(Pattern pattern, String name) {
    return pattern.matcher(name).results().map(found -> found.group());
  }

  private static List<Part> shape(String name, Map<String, Integer> aside) {
    List<Part> parts = new ArrayList<>();
    Matcher featured = FEATURED.matcher(name);
    int guestFrom = name.length();
    int guestTo = name.length();
    if (featured.find()) {
      guestFrom = featured.start();
      guestTo = featured.end();
    }
    addWords(name, 0, guestFrom, aside, parts);
    if (guestFrom < guestTo) {
      parts.add(new Part.Guest());
      addWords(name, guestTo, name.length(), aside, parts);
    }
    return List.copyOf(parts);
  }

  private static void addWords(
      String name, int from, int to, Map<String, Integer> aside, List<Part> parts) {
    Matcher outside = ASIDE.matcher(name);
    int asideFrom = outside.find() ? outside.start() : name.length();
    Matcher word = WORD.matcher(name).region(from, to);
    int end = from;
    while (word.find()) {
      String written = word.group();
      boolean habit =
          word.start() >= asideFrom
              && aside.getOrDefault(written.toLowerCase(Locale.ROOT), 0) >= HABIT;
      if (!habit) {
        addText(name.substring(end, word.start()), parts);
        parts.add(new Part.Word(written(written)));
        end = word.end();
      }
    }
    addText(name.substring(end, to), parts);
  }

  private static void addText(String text, List<Part> parts) {
    if (!text.isEmpty()) {
      parts.add(new Part.Text(text));
    }
  }

  private static Case written(String word) {
    if (word.equals(word.toLowerCase(Locale.ROOT))) {
      return Case.LOWER;
    }
    return word.length() > 1 && word.equals(word.toUpperCase(Locale.ROOT))
        ? Case.UPPER
        : Case.CAPITAL;
  }

  /**
   * @param guests asked at most once
   */
  Made make(SplittableRandom random, Script script, Supplier<Guest> guests) {
    List<Part> shape = shapes.get(random.nextInt(shapes.size()));
    StringBuilder name = new StringBuilder();
    Long guest = null;
    for (Part part : shape) {
      if (part instanceof Part.Word word) {
        name.append(cased(script.write(words.draw(random)), word.written()));
      } else if (part instanceof Part.Text text) {
        name.append(text.text().equals(" ") ? script.gap() : text.text());
      } else {
        Guest drawn = guests.get();
        guest = drawn.number();
        name.append(drawn.name());
      }
    }
    return new Made(name.toString(), guest);
  }

  private static String cased(String word, Case written) {
    return switch (written) {
      case LOWER -> word;
      case UPPER -> word.toUpperCase(Locale.ROOT);
      case CAPITAL -> Character.toUpperCase(word.charAt(0)) + word.substring(1);
    };
  }
}
