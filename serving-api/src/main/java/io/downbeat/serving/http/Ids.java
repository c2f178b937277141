package io.downbeat.serving.http;

import io.javalin.http.Context;
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

  static UUID parse(String field, String value) {
    if (!UUID_TEXT.matcher(value).matches()) {
      throw Problem.invalid(field, value, field + " is a UUID: 8-4-4-4-12 hexadecimal digits");
    }
    return UUID.fromString(value);
  }
}
