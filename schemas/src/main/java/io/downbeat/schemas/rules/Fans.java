package io.downbeat.schemas.rules;

import io.downbeat.schemas.avro.LibraryList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How many listeners like or follow a thing now: how often it was added to their lists, less how
 * often it was removed again. Either is a measure of the thing's row of all time and only ever
 * rises; both are always written together, so that nobody reads fewer than none.
 */
public enum Fans {
  LIKES(Map.of(LibraryList.LIKED_TRACKS, CountedKind.TRACK)),
  FOLLOWERS(
      Map.of(
          LibraryList.FOLLOWED_ARTISTS, CountedKind.ARTIST,
          LibraryList.FOLLOWED_USERS, CountedKind.USER));

  private final String key = name().toLowerCase(Locale.ROOT);
  private final Map<LibraryList, CountedKind> lists;

  Fans(Map<LibraryList, CountedKind> lists) {
    this.lists = lists;
  }

  /** What things of a kind have; empty where it isn't counted. */
  public static Optional<Fans> of(CountedKind kind) {
    return Arrays.stream(values()).filter(fans -> fans.lists.containsValue(kind)).findFirst();
  }

  /** The kind of what is in a list; empty where it isn't counted. */
  public static Optional<CountedKind> kindIn(LibraryList list) {
    return Arrays.stream(values()).flatMap(fans -> fans.kindOf(list).stream()).findFirst();
  }

  private Optional<CountedKind> kindOf(LibraryList list) {
    return Optional.ofNullable(lists.get(list));
  }

  /** Name in answers. */
  public String key() {
    return key;
  }

  /** Measure in tables. */
  public String added() {
    return key + "_added";
  }

  /** Measure in tables. */
  public String removed() {
    return key + "_removed";
  }

  /**
   * @param measures of one row, read at once; what it lacks is 0
   */
  public long in(Map<String, Long> measures) {
    return measures.getOrDefault(added(), 0L) - measures.getOrDefault(removed(), 0L);
  }
}
