package io.downbeat.ingest.plays;

import io.downbeat.access.AccessToken;
import io.downbeat.ingest.http.Capacity;
import io.downbeat.ingest.http.HttpServer;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.http.RequestBody;
import io.downbeat.ingest.json.Refusal;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/plays}: answered once the store has every accepted play. No thread waits, neither
 * for the body nor for the store. Thread-safe.
 */
public final class PlaysHandler implements Handler {

  /**
   * @param mostBytes of one body
   * @param read within which the body must arrive
   * @param answer after which the answer is that nothing is known
   */
  public record Limits(int mostBytes, Duration read, Duration answer) {}

  /** Who sends. */
  public interface Sender {
    /**
     * The listener, whose plays they are; null if it is a trusted producer, whose plays say.
     *
     * @throws Problem 401 if it is neither
     */
    @Nullable AccessToken of(Context ctx);
  }

  private record Answer(int accepted, int duplicates, List<PlaysRequest.Rejection> rejected) {}

  private static final Logger LOG = LoggerFactory.getLogger(PlaysHandler.class);

  /** What a request takes beside its body. */
  private static final int REQUEST_BYTES = 4 << 10;

  private final Sender sender;
  private final PlayStore store;
  private final Capacity capacity;
  private final Limits limits;
  private final Executor executor;
  private final Clock clock;
  private final MeterRegistry meters;

  /**
   * @param executor parses and answers; the store's own threads only acknowledge
   */
  public PlaysHandler(
      Sender sender,
      PlayStore store,
      Capacity capacity,
      Limits limits,
      Executor executor,
      Clock clock,
      MeterRegistry meters) {
    this.sender = sender;
    this.store = store;
    this.capacity = capacity;
    this.limits = limits;
    this.executor = executor;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public void handle(Context ctx) {
    AccessToken listener = sender.of(ctx);
    RequestBody.require(ctx.req(), "application/json");
    Instant arrivedAt = Instant.now(clock);
    SenderClock sentBy =
        SenderClock.of(Collections.list(ctx.req().getHeaders(SenderClock.HEADER)), arrivedAt);
    Capacity.Share share =
        capacity.take(REQUEST_BYTES + RequestBody.claim(ctx.req(), limits.mostBytes()));
    ctx.future(() -> takeIn(ctx, sentBy, listener, share));
  }

  private CompletableFuture<Void> takeIn(
      Context ctx, SenderClock sentBy, @Nullable AccessToken listener, Capacity.Share share) {
    CompletableFuture<Answer> taken =
        RequestBody.read(ctx.req(), limits.mostBytes(), limits.read())
            .thenApply(body -> PlaysRequest.read(body, Instant.now(clock), sentBy, listener))
            .thenCompose(this::append);
    // Held until the store has let go of the plays, even if the answer is given before.
    taken.whenComplete((answer, failure) -> share.close());
    return taken
        .copy()
        .orTimeout(limits.read().plus(limits.answer()).toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync(PlaysHandler::known, executor)
        .thenAccept(answer -> HttpServer.answer(ctx, 202, answer));
  }

  private CompletableFuture<Answer> append(PlaysRequest request) {
    // What waits for the log is small: the collector would copy the plays again and again.
    Answer answer = new Answer(request.plays().size(), request.duplicates(), request.rejected());
    if (request.single() && !request.rejected().isEmpty()) {
      count(answer);
      PlaysRequest.Rejection it = request.rejected().get(0);
      throw Problem.invalid(new Refusal(it.field(), it.value(), it.reason()));
    }
    return store
        .append(request.plays())
        .handle(
            (kept, failure) -> {
              if (failure != null) {
                LOG.debug("Not acknowledged: {} plays", answer.accepted(), failure);
                throw notAcknowledged();
              }
              count(answer);
              return answer;
            });
  }

  /** The answer, or what Javalin makes one of. */
  private static Answer known(@Nullable Answer answer, @Nullable Throwable failure) {
    if (answer != null) {
      return answer;
    }
    if (failure instanceof TimeoutException) {
      throw notAcknowledged();
    }
    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
  }

  private static Problem notAcknowledged() {
    return Problem.notAcknowledged(
        "The log did not acknowledge in time. The plays may have been recorded; send them again"
            + " with the same play_id");
  }

  private void count(Answer answer) {
    count("accepted", "", answer.accepted());
    count("duplicate", "", answer.duplicates());
    for (PlaysRequest.Rejection rejection : answer.rejected()) {
      // Only known names: a caller's own would be a new time series each.
      count(
          "rejected",
          PlaysRequest.FIELDS.contains(rejection.field()) ? rejection.field() : "other",
          1);
    }
  }

  private void count(String outcome, String field, int plays) {
    meters.counter("downbeat.plays", "outcome", outcome, "field", field).increment(plays);
  }
}
