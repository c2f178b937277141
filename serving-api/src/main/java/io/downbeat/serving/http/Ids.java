package io.downbeat.serving.http;

import io.javalin.http.Context;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Ids in paths and headers. */
public final class Ids {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private Ids() {}

  /** The path's {@code id}; 422 if it is not a UUID in full. */
  public static UUID id(Context ctx) {
    return parse("id", ctx.pathParam("id"));
  }

  /**
   * The parameter {@code ids}, separated by commas; each once, in the order in which they stand.
   */
  public static Set<UUID> ids(Query query, int most) {
    String given =
        query
            .text("ids")
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "ids",
                        "",
                        "ids is required: 1 to %d UUIDs, separated by commas".formatted(most)));
    Set<UUID> ids = new LinkedHashSet<>();
    for (String id : given.split(",", -1)) {
      ids.add(parse("ids", id, "each of ids"));
      if (ids.size() > most) {
        throw Problem.invalid("ids", id, "ids names at most %d things".formatted(most));
      }
    }
    return ids;
  }

  static UUID parse(String field, String value) {
    return parse(field, value, field);
  }

  private static UUID parse(String field, String value, String what) {
    if (!UUID_TEXT.matcher(value).matches()) {
      throw Problem.invalid(field, value, what + " is a UUID: 8-4-4-4-12 hexadecimal digits");
    }
    return UUID.fromString(value);
  }
}
