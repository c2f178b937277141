package io.downbeat.ingest.catalog;

import io.downbeat.ingest.http.HttpServer;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.http.RequestBody;
import io.downbeat.ingest.http.SteadyBody;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.ingest.log.Log.Acknowledgement;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/catalog}: a stream of lines of any length, written as it comes in; reading waits
 * while too much of it is not yet acknowledged. Each of a few imports at a time holds its thread.
 * Thread-safe.
 */
public final class CatalogHandler implements Handler {

  /**
   * @param imports at a time
   * @param lineBytes most of one line
   * @param windowBytes most that one import has written and not yet acknowledged
   * @param pace that a body has to keep
   * @param patience with the log, at a time
   */
  public record Limits(
      int imports, int lineBytes, int windowBytes, SteadyBody.Pace pace, Duration patience) {
    public Limits {
      if (windowBytes < lineBytes) {
        throw new IllegalArgumentException(
            "Cannot import with a window of %d bytes: a line may have %d"
                .formatted(windowBytes, lineBytes));
      }
    }
  }

  private record Rejection(long line, String field, @Nullable String value, String reason) {}

  private record Answer(long accepted, long rejectedCount, List<Rejection> rejected) {}

  private static final int MOST_REJECTIONS_SHOWN = 1_000;

  private final CatalogStore store;
  private final Limits limits;
  private final Clock clock;
  private final Semaphore imports;
  private final Counter accepted;
  private final Counter rejected;

  public CatalogHandler(KafkaCatalogStore store, Limits limits, Clock clock, MeterRegistry meters) {
    this((CatalogStore) store, limits, clock, meters);
  }

  CatalogHandler(CatalogStore store, Limits limits, Clock clock, MeterRegistry meters) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
    this.imports = new Semaphore(limits.imports());
    meters.gauge(
        "downbeat.catalog.imports.running",
        imports,
        free -> limits.imports() - free.availablePermits());
    this.accepted = meters.counter("downbeat.catalog.lines", "outcome", "accepted");
    this.rejected = meters.counter("downbeat.catalog.lines", "outcome", "rejected");
  }

  @Override
  public void handle(Context ctx) throws IOException, InterruptedException {
    RequestBody.require(ctx.req(), "application/x-ndjson");
    if (!imports.tryAcquire()) {
      throw Problem.tooMuch(
          "%d catalogue imports are under way, the most at a time; nothing was taken in"
              .formatted(limits.imports()));
    }
    try {
      HttpServer.answer(
          ctx, 202, takeIn(new SteadyBody(ctx.req().getInputStream(), limits.pace())));
    } finally {
      imports.release();
    }
  }

  private Answer takeIn(InputStream body) throws IOException, InterruptedException {
    Lines lines = new Lines(body, limits.lineBytes());
    CatalogLine reader = new CatalogLine(limits.lineBytes());
    Window window = new Window(limits.windowBytes(), limits.patience());
    List<Rejection> shown = new ArrayList<>();
    long refused = 0;
    try {
      while (next(lines, window)) {
        if (lines.isBlank()) {
          continue;
        }
        try {
          CatalogEntry entry = read(reader, lines);
          Acknowledgement acknowledgement = window.admit(lines.length());
          if (acknowledgement == null) {
            break;
          }
          store.append(entry, acknowledgement);
        } catch (RefusedException e) {
          refused++;
          if (shown.size() < MOST_REJECTIONS_SHOWN) {
            Refusal refusal = e.refusal();
            shown.add(
                new Rejection(lines.number(), refusal.field(), refusal.value(), refusal.reason()));
          }
        }
      }
      if (!window.settled()) {
        throw Problem.notAcknowledged(
                "The log did not acknowledge in time: %d lines are in it, others may be. Send all"
                        .formatted(window.acknowledged())
                    + " of them again; the same line twice changes nothing")
            .with("accepted", window.acknowledged());
      }
      return new Answer(window.acknowledged(), refused, shown);
    } finally {
      accepted.increment(window.acknowledged());
      rejected.increment(refused);
    }
  }

  private CatalogEntry read(CatalogLine reader, Lines lines) throws RefusedException {
    if (lines.tooLong()) {
      throw new RefusedException(
          new Refusal("", null, "a line of at most " + limits.lineBytes() + " bytes"));
    }
    return reader.read(lines.bytes(), lines.offset(), lines.length(), Instant.now(clock));
  }

  private static boolean next(Lines lines, Window window) throws InterruptedException {
    try {
      return lines.next();
    } catch (IOException e) {
      window.settled();
      boolean stalled = e.getCause() instanceof TimeoutException;
      throw new Problem(
              stalled ? 408 : 400,
              (stalled ? "Nothing more came in, or too slowly" : "The body broke off")
                  + "; of what came before, %d lines are taken in. Send all of them again; the"
                      .formatted(window.acknowledged())
                  + " same line twice changes nothing")
          .with("accepted", window.acknowledged());
    }
  }
}
