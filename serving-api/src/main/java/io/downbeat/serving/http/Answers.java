package io.downbeat.serving.http;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The answers that are what was asked for. */
public final class Answers {
  private static final int TAG_BYTES = 12;

  private Answers() {}

  /** JSON that may be another the next moment. */
  public static void fresh(Context ctx, int status, Object body) {
    ctx.header("Cache-Control", "no-store")
        .status(status)
        .contentType("application/json")
        .result(Json.bytes(body));
  }

  /** JSON about one person, which nobody between here and the caller may keep. */
  static void personal(Context ctx, int status, Object body) {
    fresh(ctx, status, body);
    ctx.header("Cache-Control", "private, no-store");
  }

  /** JSON that a cache may keep for a while; 304 if the caller holds just this body. */
  public static void cacheable(Context ctx, Object body, Duration maxAge) {
    byte[] json = Json.bytes(body);
    cacheable(ctx, json, tag(json), maxAge);
  }

  /**
   * @param tag of these bytes, made once by {@link #tag}
   */
  public static void cacheable(Context ctx, byte[] json, String tag, Duration maxAge) {
    ctx.header("ETag", tag).header("Cache-Control", "public, max-age=" + maxAge.toSeconds());
    if (matches(ctx.header("If-None-Match"), tag)) {
      ctx.status(304);
    } else {
      ctx.contentType("application/json").result(json);
    }
  }

  /** A body in JSON, for who gives it more than once. */
  public static byte[] json(Object body) {
    return Json.bytes(body);
  }

  /** Strong ETag of a body: a part of its SHA-256. */
  public static String tag(byte[] body) {
    byte[] hash = Arrays.copyOf(sha256().digest(body), TAG_BYTES);
    return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + '"';
  }

  /** Weak comparison, as RFC 9110 (13.1.2) asks for. */
  public static boolean matches(@Nullable String ifNoneMatch, String tag) {
    return ifNoneMatch != null
        && Stream.of(ifNoneMatch.split(",", 100))
            .map(String::strip)
            .map(each -> each.startsWith("W/") ? each.substring(2) : each)
            .anyMatch(each -> each.equals("*") || each.equals(tag));
  }

  /** Plain text for machines. */
  public static void text(Context ctx, String contentType, String body) {
    ctx.header("Cache-Control", "no-store")
        .contentType(contentType)
        .result(body.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every JDK has SHA-256", e);
    }
  }
}
