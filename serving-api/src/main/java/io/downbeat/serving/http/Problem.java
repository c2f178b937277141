package io.downbeat.serving.http;

import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not what was asked for, as {@code application/problem+json} (RFC 9457). Thrown
 * in handlers; without a stack trace. Immutable.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int MOST_VALUE_CHARS = 200;

  private final int status;
  private final transient Map<String, Object> members;
  private final transient Map<String, String> headers;

  private Problem(
      int status,
      @Nullable String detail,
      Map<String, Object> members,
      Map<String, String> headers) {
    super(detail, null, false, false);
    this.status = status;
    this.members = members;
    this.headers = headers;
  }

  static Problem of(int status, String detail) {
    return new Problem(status, detail, Map.of(), Map.of());
  }

  /** 422: a parameter breaks a rule. */
  public static Problem invalid(String field, String value, String rule) {
    return new Problem(422, rule, at(field, value), Map.of());
  }

  /** 403: the caller is known, and may not ask for this. */
  public static Problem forbidden(String field, String value, String detail) {
    return new Problem(403, detail, at(field, value), Map.of());
  }

  /** 404: a parameter names what is not there. */
  public static Problem unknown(String field, String value, String detail) {
    return new Problem(404, detail, at(field, value), Map.of());
  }

  /** 404: what is asked for has not been made so far. */
  public static Problem notYet(String detail) {
    return of(404, detail);
  }

  /** 405: the path is for reading. */
  public static Problem onlyReads() {
    return of(405, "Only GET and HEAD are for this path").withHeader("Allow", "GET, HEAD");
  }

  /** 416: a range that begins behind the end. */
  public static Problem beyond(String range, long length) {
    return new Problem(
        416,
        "There are " + length + " bytes",
        at("Range", range),
        Map.of("Content-Range", "bytes */" + length));
  }

  /** 503: it may work a little later. */
  public static Problem unavailable(String detail, Duration retryAfter) {
    return of(503, detail).withHeader("Retry-After", Long.toString(retryAfter.toSeconds()));
  }

  /** 429: whoever asks has to wait. */
  static Problem tooMany(Duration pause) {
    return of(429, "Too many requests; try again in " + pause.toSeconds() + " s")
        .withHeader("Retry-After", Long.toString(pause.toSeconds()));
  }

  public int status() {
    return status;
  }

  /** The members beside type, title, status and detail. */
  public Map<String, Object> members() {
    return members;
  }

  Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(status, getMessage(), members, more);
  }

  void answer(Context ctx) {
    headers.forEach(ctx::header);
    ctx.header("Cache-Control", "no-store")
        .status(status)
        .contentType("application/problem+json")
        .result(body(status, getMessage(), members));
  }

  /** Answers where no route does. */
  public void write(Response response, Callback callback) {
    headers.forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    write(response, status, body(status, getMessage(), members), callback);
  }

  static void write(Response response, int status, byte[] body, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
    response.write(true, ByteBuffer.wrap(body), callback);
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

  private static Map<String, Object> at(String field, String value) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("field", field);
    members.put(
        "value",
        value.length() <= MOST_VALUE_CHARS ? value : value.substring(0, MOST_VALUE_CHARS) + "…");
    return members;
  }

  private static String title(int status) {
    return status == 422 ? "Unprocessable Content" : HttpStatus.getMessage(status);
  }
}
