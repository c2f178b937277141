package io.downbeat.serving.search;

import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /v1/search} asks for.
 *
 * @param words of the query, empty for everything there is
 * @param country of the listener; null for anywhere
 */
record SearchRequest(
    List<Words.Word> words,
    Set<Kind> kinds,
    @Nullable String country,
    int limit,
    SearchCursor cursor) {
  private static final int LONGEST = 200;
  private static final int PAGE = 20;
  private static final int LARGEST_PAGE = 50;
  private static final int LARGEST_FULL_PAGE = 1_000;
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");

  /**
   * @throws Problem 422 naming the parameter, its value and the rule
   */
  static SearchRequest of(Map<String, List<String>> parameters) {
    Query query = Query.of(parameters, Set.of("q", "type", "country", "limit", "cursor"));
    String q = query.text("q").orElse("");
    if (q.codePointCount(0, q.length()) > LONGEST) {
      throw Problem.invalid("q", q, "q has at most " + LONGEST + " characters");
    }
    List<Words.Word> words = Words.of(q);
    if (words.isEmpty() && !q.isBlank()) {
      throw Problem.invalid("q", q, "q has a letter, a digit or a sign to search for");
    }
    int limit = query.limit("limit", PAGE, words.isEmpty() ? LARGEST_FULL_PAGE : LARGEST_PAGE);
    SearchCursor first = words.isEmpty() ? SearchCursor.FIRST_THING : SearchCursor.FIRST_HIT;
    SearchCursor cursor =
        query.text("cursor").map(text -> SearchCursor.parse(text, first)).orElse(first);
    return new SearchRequest(words, kinds(query), country(query), limit, cursor);
  }

  /** What the empty box suggests. */
  static SearchRequest ofSuggestion(Map<String, List<String>> parameters) {
    Query query = Query.of(parameters, Set.of("type", "country", "limit"));
    return new SearchRequest(
        List.of(),
        kinds(query),
        country(query),
        query.limit("limit", PAGE, LARGEST_PAGE),
        SearchCursor.FIRST_HIT);
  }

  private static Set<Kind> kinds(Query query) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    String text = query.text("type").orElse("");
    for (String each : text.split(",", -1)) {
      if (!text.isEmpty()) {
        kinds.add(
            Kind.of(each)
                .orElseThrow(
                    () ->
                        Problem.invalid(
                            "type", text, "type is one or more of artist, album, track")));
      }
    }
    return kinds.isEmpty() ? EnumSet.allOf(Kind.class) : kinds;
  }

  private static @Nullable String country(Query query) {
    String country = query.text("country").orElse(null);
    if (country != null && !COUNTRY.matcher(country).matches()) {
      throw Problem.invalid("country", country, "country is an ISO 3166-1 alpha-2 code such as DE");
    }
    return country;
  }
}
