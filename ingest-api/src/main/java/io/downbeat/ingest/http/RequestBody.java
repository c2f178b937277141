package io.downbeat.ingest.http;

import io.javalin.http.Context;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request's body and what is said about it. */
public final class RequestBody {

  private static final String READ = RequestBody.class.getName();
  private static final long MOST_DISCARDED = 64L << 20;
  private static final Duration LONGEST_DISCARD = Duration.ofSeconds(5);

  private RequestBody() {}

  /**
   * @throws Problem 415 unless the body is of this media type and not compressed; 400 unless it is
   *     in UTF-8
   */
  public static void require(HttpServletRequest request, String mediaType) {
    String given = request.getContentType();
    String type = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!type.equals(mediaType)) {
      throw unsupported("Content-Type", given, "Expected " + mediaType);
    }
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw unsupported("Content-Encoding", encoding, "Expected no content encoding");
    }
    String charset = request.getCharacterEncoding();
    if (charset != null && !isUtf8(charset)) {
      throw new Problem(400, "Expected charset utf-8")
          .with("field", "Content-Type")
          .with("value", shown(given));
    }
  }

  /**
   * What it may take to hold the body.
   *
   * @param limit bytes
   * @throws Problem 413 if the body says that it is longer than the limit
   */
  public static long claim(HttpServletRequest request, int limit) {
    long length = request.getContentLengthLong();
    if (length > limit) {
      throw tooLarge(limit);
    }
    return length < 0 ? limit : length;
  }

  /**
   * The whole body, read without a waiting thread. Fails with {@link Problem} 413 if it is longer
   * than the limit, of which no more is kept, with 408 if it takes too long, with 400 if it breaks
   * off.
   *
   * @param request already asynchronous
   * @param limit bytes
   */
  public static CompletableFuture<byte[]> read(
      HttpServletRequest request, int limit, Duration within) {
    CompletableFuture<byte[]> whole = new CompletableFuture<>();
    request.setAttribute(READ, true);
    listen(request, in -> new Collector(in, whole, (int) claim(request, limit), limit), whole);
    return whole
        .orTimeout(within.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(named(failure, within)));
  }

  /**
   * Reads and throws away what a handler left of the body before it is answered, at most 64 MiB and
   * for at most 5 s: to a caller that still sends, an answer is easily lost when its connection is
   * closed.
   */
  static void drain(Context ctx) throws IOException {
    HttpServletRequest request = ctx.req();
    boolean hasBody =
        request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    if (!hasBody
        || request.getInputStream().isFinished()
        || request.getAttribute(READ) != null
        || request.getHeader("Expect") != null) { // It waits for a word before it sends.
      return;
    }
    ctx.future(
        () -> {
          CompletableFuture<Void> gone = new CompletableFuture<>();
          listen(request, in -> new Discarder(in, gone), gone);
          return gone.completeOnTimeout(null, LONGEST_DISCARD.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  private static void listen(
      HttpServletRequest request,
      Function<ServletInputStream, ReadListener> listener,
      CompletableFuture<?> result) {
    try {
      ServletInputStream in = request.getInputStream();
      in.setReadListener(listener.apply(in));
    } catch (IOException | RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  private static Throwable named(Throwable failure, Duration within) {
    if (failure instanceof TimeoutException) {
      return new Problem(408, "The body did not arrive within " + within.toSeconds() + " s");
    }
    return failure instanceof IOException ? new Problem(400, "The body broke off") : failure;
  }

  private static Problem tooLarge(int limit) {
    return new Problem(413, "A body has at most " + limit + " bytes");
  }

  private static Problem unsupported(String header, @Nullable String value, String detail) {
    Problem problem = new Problem(415, detail).with("field", header);
    return value == null ? problem : problem.with("value", shown(value));
  }

  private static String shown(@Nullable String header) {
    String text = String.valueOf(header);
    return text.length() > 64 ? text.substring(0, 64) : text;
  }

  private static boolean isUtf8(String charset) {
    try {
      return Charset.forName(charset).equals(StandardCharsets.UTF_8);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return false;
    }
  }

  /** The server holds on to it until the answer is given: it lets go of the body before. */
  private static final class Collector implements ReadListener {
    private final ServletInputStream in;
    private final int limit;
    private final byte[] chunk = new byte[8 << 10];
    private @Nullable CompletableFuture<byte[]> whole;
    private ByteArrayOutputStream read;
    private long total;

    Collector(ServletInputStream in, CompletableFuture<byte[]> whole, int expected, int limit) {
      this.in = in;
      this.whole = whole;
      this.limit = limit;
      this.read = new ByteArrayOutputStream(Math.min(expected, 64 << 10));
    }

    @Override
    public void onDataAvailable() throws IOException {
      while (whole != null && !whole.isDone() && in.isReady()) {
        int length = in.read(chunk);
        if (length < 0) {
          return;
        }
        total += length;
        if (total <= limit) {
          read.write(chunk, 0, length);
        } else if (total > limit + MOST_DISCARDED) {
          fail(tooLarge(limit));
        } else {
          read = new ByteArrayOutputStream(0);
        }
      }
    }

    @Override
    public void onAllDataRead() {
      if (total > limit) {
        fail(tooLarge(limit));
        return;
      }
      byte[] body = read.toByteArray();
      CompletableFuture<byte[]> done = end();
      if (done != null) {
        done.complete(body);
      }
    }

    @Override
    public void onError(Throwable failure) {
      fail(failure);
    }

    private void fail(Throwable failure) {
      CompletableFuture<byte[]> done = end();
      if (done != null) {
        done.completeExceptionally(failure);
      }
    }

    private @Nullable CompletableFuture<byte[]> end() {
      CompletableFuture<byte[]> done = whole;
      whole = null;
      read = new ByteArrayOutputStream(0);
      return done;
    }
  }

  private static final class Discarder implements ReadListener {
    private final ServletInputStream in;
    private final CompletableFuture<Void> gone;
    private final byte[] chunk = new byte[8 << 10];
    private long discarded;

    Discarder(ServletInputStream in, CompletableFuture<Void> gone) {
      this.in = in;
      this.gone = gone;
    }

    @Override
    public void onDataAvailable() throws IOException {
      while (!gone.isDone() && in.isReady()) {
        int length = in.read(chunk);
        discarded += length;
        if (length < 0 || discarded > MOST_DISCARDED) {
          gone.complete(null);
        }
      }
    }

    @Override
    public void onAllDataRead() {
      gone.complete(null);
    }

    @Override
    public void onError(Throwable failure) {
      gone.complete(null);
    }
  }
}
