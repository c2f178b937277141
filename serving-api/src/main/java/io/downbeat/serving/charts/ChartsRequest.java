package io.downbeat.serving.charts;

import io.downbeat.schemas.identity.GenreId;
import io.downbeat.schemas.rules.CountedKind;
import io.downbeat.schemas.rules.Granularity;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Which chart a reader asks for.
 *
 * @param scope a genre's id, or {@link CountedKind#EVERYTHING_ID}
 * @param start of the window
 */
public record ChartsRequest(UUID scope, Granularity window, Instant start) {

  /**
   * @param scope {@code everything}, a genre's id, or its name
   * @throws Problem 422, naming parameter, value and rule
   */
  static ChartsRequest of(String scope, Map<String, List<String>> query, Instant now) {
    Query parameters = Query.of(query, Set.of("window", "at"));
    Granularity window = window(parameters.text("window").orElse("day"));
    long at = parameters.time("at").orElse(now).toEpochMilli();
    return new ChartsRequest(scope(scope), window, Instant.ofEpochMilli(window.bucketOf(at)));
  }

  private static UUID scope(String scope) {
    if (scope.equals("everything")) {
      return CountedKind.EVERYTHING_ID;
    }
    try {
      UUID id = UUID.fromString(scope);
      return id.toString().equalsIgnoreCase(scope) ? id : GenreId.of(scope);
    } catch (IllegalArgumentException e) {
      return GenreId.of(scope);
    }
  }

  private static Granularity window(String window) {
    return switch (window) {
      case "hour" -> Granularity.HOUR;
      case "day" -> Granularity.DAY;
      case "week" -> Granularity.WEEK;
      default -> throw Problem.invalid("window", window, "window is hour, day or week");
    };
  }
}
