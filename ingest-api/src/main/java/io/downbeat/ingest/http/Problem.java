package io.downbeat.ingest.http;

import io.downbeat.ingest.json.Json;
import io.downbeat.ingest.json.Refusal;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not what was asked for, as {@code application/problem+json} (RFC 9457). Thrown
 * in handlers; without a stack trace. Immutable.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Map<String, Object> members;
  private final transient Map<String, String> headers;

  public Problem(int status, String detail) {
    this(status, detail, Map.of(), Map.of());
  }

  private Problem(
      int status, String detail, Map<String, Object> members, Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.members = members;
    this.headers = headers;
  }

  /** 422, naming field, value and rule. */
  public static Problem invalid(Refusal refusal) {
    Problem problem = new Problem(422, refusal.reason()).with("field", refusal.field());
    return refusal.value() == null ? problem : problem.with("value", refusal.value());
  }

  /** 503: what was sent may be in the log or not; to be sent again unchanged. */
  public static Problem notAcknowledged(String detail) {
    return new Problem(503, detail).retryAfter(Duration.ofSeconds(2));
  }

  /** 503: the database did not do what was asked, or did not say so. */
  public static Problem unavailable(String detail) {
    return new Problem(503, detail).retryAfter(Duration.ofSeconds(2));
  }

  /** 429: nothing of the request was taken in. */
  public static Problem tooMuch(String detail) {
    return new Problem(429, detail).retryAfter(Duration.ofSeconds(1));
  }

  /** 429: whoever asks has to wait; nothing of the request was taken in. */
  static Problem tooMany(Duration pause) {
    return new Problem(429, "Too many requests; try again in " + pause.toSeconds() + " s")
        .retryAfter(pause);
  }

  public int status() {
    return status;
  }

  /** With one more member beside status and detail. */
  public Problem with(String member, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(member, value);
    return new Problem(status, detail(), more, headers);
  }

  public Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(status, detail(), members, more);
  }

  private Problem retryAfter(Duration pause) {
    return withHeader("Retry-After", Long.toString(pause.toSeconds()));
  }

  private String detail() {
    return String.valueOf(getMessage());
  }

  void answer(Context ctx) {
    headers.forEach(ctx::header);
    ctx.status(status)
        .contentType("application/problem+json")
        .result(body(status, detail(), members));
  }

  static byte[] body(int status, @Nullable String detail, Map<String, Object> members) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", title(status));
    body.put("status", status);
    if (detail != null) {
      body.put("detail", detail);
    }
    body.putAll(members);
    return Json.bytes(body);
  }

  private static String title(int status) {
    return switch (status) {
      case 413 -> "Content Too Large";
      case 422 -> "Unprocessable Content";
      default -> HttpStatus.getMessage(status);
    };
  }
}
