package io.downbeat.ingest.http;

import io.downbeat.ingest.json.Refusal;
import io.javalin.http.Context;
import java.util.UUID;
import java.util.regex.Pattern;

/** Ids in paths and headers. */
public final class Ids {
  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private Ids() {}

  /**
   * @throws Problem 422 if this part of the path is not a UUID in full
   */
  public static UUID inPath(Context ctx, String name) {
    return parse(name, ctx.pathParam(name));
  }

  static UUID parse(String field, String value) {
    if (!UUID_TEXT.matcher(value).matches()) {
      throw Problem.invalid(new Refusal(field, value, "a UUID"));
    }
    return UUID.fromString(value);
  }
}
