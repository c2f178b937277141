package io.downbeat.serving.sound;

import io.downbeat.serving.http.Answers;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.sound.SoundUrls.Allowed;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.ByteRange;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /a/…} and {@code /covers/…}: files from the store of sounds, whole or one range of them
 * (RFC 9110, 14). No thread waits for a reader, and none of the heap is held for one. A signed URL
 * is all the right that it takes, so pages of any origin may use it. Thread-safe.
 */
public final class SoundDelivery extends Handler.Wrapper {
  private static final Logger LOG = LoggerFactory.getLogger(SoundDelivery.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final Pattern COVER = Pattern.compile("/covers/[0-9a-f]{32}/(?:64|300|640)\\.jpg");

  private static final HttpField RANGES = field(HttpHeader.ACCEPT_RANGES.asString(), "bytes");
  private static final HttpField FOR_A_YEAR =
      field("Cache-Control", "public, max-age=31536000, immutable");
  private static final List<HttpField> ANYWHERE =
      List.of(
          field("Access-Control-Allow-Origin", "*"),
          field("Access-Control-Expose-Headers", "Accept-Ranges, Content-Range, ETag"),
          field("Cross-Origin-Resource-Policy", "cross-origin"));
  private static final List<HttpField> PREFLIGHT =
      List.of(
          field("Access-Control-Allow-Methods", "GET, HEAD"),
          field("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match"),
          field("Access-Control-Max-Age", "86400"));

  private final SoundUrls urls;
  private final SoundStore store;
  private final Clock clock;
  private final Counter answers;
  private final Counter refusals;
  private final Counter bytes;

  public SoundDelivery(SoundKeys keys, SoundStore store, Clock clock, MeterRegistry meters) {
    this.urls = new SoundUrls(keys, clock);
    this.store = store;
    this.clock = clock;
    this.answers = meters.counter("sound.answers");
    this.refusals = meters.counter("sound.refusals");
    this.bytes = meters.counter("sound.bytes");
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = request.getHttpURI().getPath();
    if (!path.startsWith("/a/") && !path.startsWith("/covers/")) {
      return super.handle(request, response, callback);
    }
    try {
      ANYWHERE.forEach(response.getHeaders()::put);
      answer(path, request, response, callback);
    } catch (Problem problem) {
      refusals.increment();
      problem.write(response, callback);
    } catch (IOException e) {
      LOG.warn("Cannot read a sound: {}", e.toString());
      Problem.unavailable("The sound cannot be read at the moment", RETRY_AFTER)
          .write(response, callback);
    }
    return true;
  }

  private void answer(String path, Request request, Response response, Callback callback)
      throws IOException {
    if (HttpMethod.OPTIONS.is(request.getMethod())) {
      PREFLIGHT.forEach(response.getHeaders()::put);
      response.setStatus(204);
      callback.succeeded();
      return;
    }
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      throw Problem.onlyReads();
    }
    if (path.startsWith("/covers/")) {
      if (!COVER.matcher(path).matches()) {
        throw Problem.notYet("There is nothing at this path");
      }
      send(found(path.substring(1)), FOR_A_YEAR, request, response, callback);
    } else {
      Allowed allowed = urls.verify(path);
      send(
          found(allowed.content() + '/' + allowed.file()),
          until(allowed),
          request,
          response,
          callback);
    }
  }

  private StoredFile found(String file) throws IOException {
    return store.file(file).orElseThrow(() -> Problem.notYet("This is not in the store of sounds"));
  }

  /** No cache that can't check signatures may know it longer than its URL. */
  private HttpField until(Allowed allowed) {
    long left = Duration.between(clock.instant(), allowed.until()).toSeconds();
    return new HttpField(
        HttpHeader.CACHE_CONTROL, "public, max-age=" + Math.max(0, left) + ", immutable");
  }

  private void send(
      StoredFile file, HttpField caching, Request request, Response response, Callback callback) {
    HttpFields asked = request.getHeaders();
    HttpFields.Mutable head = response.getHeaders();
    String tag = file.tag().getValue();
    head.put(caching);
    head.put(file.tag());
    answers.increment();
    if (Answers.matches(asked.get(HttpHeader.IF_NONE_MATCH), tag)) {
      response.setStatus(304);
      callback.succeeded();
      return;
    }
    head.put(file.contentType());
    head.put(RANGES);
    long length = file.length();
    Optional<ByteRange> range = range(request, tag, length);
    if (range.isPresent()) {
      response.setStatus(206);
      head.put(HttpHeader.CONTENT_RANGE, range.get().toHeaderValue(length));
    }
    long first = range.map(ByteRange::first).orElse(0L);
    long count = range.map(ByteRange::getLength).orElse(length);
    head.put(HttpHeader.CONTENT_LENGTH, count);
    if (HttpMethod.HEAD.is(request.getMethod())) {
      callback.succeeded();
    } else {
      bytes.increment(count);
      file.write(request, response, first, count, callback);
    }
  }

  /**
   * What is asked for; empty for all of it, which is the answer to several ranges as well.
   *
   * @throws Problem 416 if it lies behind the end
   */
  private static Optional<ByteRange> range(Request request, String tag, long length) {
    List<String> asked = request.getHeaders().getValuesList(HttpHeader.RANGE);
    String ifRange = request.getHeaders().get(HttpHeader.IF_RANGE);
    if (asked.size() != 1
        || asked.get(0).indexOf(',') >= 0
        || !asked.get(0).startsWith("bytes=")
        || !HttpMethod.GET.is(request.getMethod())
        || (ifRange != null && !ifRange.equals(tag))) {
      return Optional.empty();
    }
    List<ByteRange> ranges = ByteRange.parse(asked, length);
    if (ranges.isEmpty()) {
      throw Problem.beyond(asked.get(0), length);
    }
    return Optional.of(ranges.get(0));
  }

  private static HttpField field(String name, String value) {
    return new PreEncodedHttpField(name, value);
  }
}
