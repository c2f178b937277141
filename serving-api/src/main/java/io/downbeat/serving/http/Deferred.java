package io.downbeat.serving.http;

import io.downbeat.serving.store.StoreUnavailableException;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers that wait for a store; no thread waits with them. Thread-safe. */
public final class Deferred {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final Executor executor;

  /**
   * @param executor writes the answers; the store's own threads only read
   */
  public Deferred(Executor executor) {
    this.executor = executor;
  }

  /**
   * Answers with the body once it is there, or with the {@link Problem} that its stage fails with;
   * 503 if the store cannot be read.
   */
  public void answer(Context ctx, Supplier<CompletionStage<?>> body) {
    answer(ctx, body, ready -> Answers.fresh(ctx, 200, ready));
  }

  /** The same for what is one person's own: {@code Cache-Control: private, no-store}. */
  public void answerPersonal(Context ctx, Supplier<CompletionStage<?>> body) {
    answer(ctx, body, ready -> Answers.personal(ctx, 200, ready));
  }

  /** Sends the caller on to a path, which is for nobody else. */
  public void redirectPersonal(Context ctx, Supplier<CompletionStage<?>> path) {
    answer(
        ctx,
        path,
        ready ->
            ctx.header("Cache-Control", "private, no-store")
                .header("Location", ready.toString())
                .status(302));
  }

  /** On which an answer may be made. */
  public Executor executor() {
    return executor;
  }

  private void answer(Context ctx, Supplier<CompletionStage<?>> body, Consumer<Object> whenReady) {
    ctx.future(
        () ->
            body.get()
                .handleAsync(Deferred::orProblem, executor)
                .thenAccept(whenReady)
                .toCompletableFuture());
  }

  private static Object orProblem(@Nullable Object body, @Nullable Throwable failure) {
    if (body != null) {
      return body;
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Problem problem) {
      throw problem;
    }
    if (cause instanceof StoreUnavailableException) {
      throw Problem.unavailable(String.valueOf(cause.getMessage()), RETRY_AFTER);
    }
    throw new CompletionException(cause);
  }
}
