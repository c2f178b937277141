package io.downbeat.ingest.http;

import io.downbeat.ingest.json.Refusal;
import io.javalin.http.Context;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** By what a request is known, so that sent again it does not do its work again. */
public final class IdempotencyKey {
  public static final String HEADER = "Idempotency-Key";

  private static final Pattern FORM = Pattern.compile("[!-~]{1,128}");

  private IdempotencyKey() {}

  /**
   * The header; of a request without one something that no other request has.
   *
   * @throws Problem 422 if it is not of its form
   */
  public static String of(Context ctx) {
    String key = ctx.header(HEADER);
    if (key == null) {
      return UUID.randomUUID().toString();
    }
    return checked(key);
  }

  private static String checked(@Nullable String key) {
    if (key == null || !FORM.matcher(key).matches()) {
      throw Problem.invalid(new Refusal(HEADER, key, "1 to 128 visible ASCII characters"));
    }
    return key;
  }
}
