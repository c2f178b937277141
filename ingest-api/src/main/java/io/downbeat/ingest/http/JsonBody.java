package io.downbeat.ingest.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.json.Json;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.ingest.json.Utf8;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Small bodies that are one JSON object each. */
public final class JsonBody {
  private static final int MOST_BYTES = 16 << 10;
  private static final Duration WITHIN = Duration.ofSeconds(10);

  /** What the object says. */
  public interface Meaning<T> {
    T of(Fields fields) throws IOException, RefusedException;
  }

  private JsonBody() {}

  /**
   * Reads the body without a waiting thread. Fails with {@link Problem}: 400 if it is no JSON, 408
   * if it takes too long, 413 if it is longer than {@value #MOST_BYTES} bytes, 422 where a field
   * breaks its rule.
   *
   * @param ctx already asynchronous
   */
  public static <T> CompletableFuture<T> read(Context ctx, Meaning<T> meaning) {
    return RequestBody.read(ctx.req(), MOST_BYTES, WITHIN).thenApply(body -> object(body, meaning));
  }

  /**
   * Reads the body and does with it what it says, without a waiting thread.
   *
   * @throws Problem 415 unless it is JSON by its type
   */
  public static <T> void take(
      Context ctx, Meaning<T> meaning, Function<T, CompletableFuture<Void>> work) {
    RequestBody.require(ctx.req(), "application/json");
    ctx.future(() -> read(ctx, meaning).thenCompose(work));
  }

  static <T> T object(byte[] body, Meaning<T> meaning) {
    try (JsonParser parser = Json.parser(new Utf8(body.length).decode(body, 0, body.length))) {
      if (parser.nextToken() == null) {
        throw new Problem(400, "The body is not JSON: it is empty");
      }
      T read = meaning.of(Fields.of(parser));
      if (parser.nextToken() != null) {
        throw new Problem(400, "The body is not JSON: something follows the value");
      }
      return read;
    } catch (RefusedException e) {
      throw Problem.invalid(e.refusal());
    } catch (CharacterCodingException e) {
      throw new Problem(400, "The body is not UTF-8");
    } catch (JsonProcessingException e) {
      throw new Problem(400, "The body is not JSON: " + Json.fault(e));
    } catch (IOException e) {
      throw new Problem(400, "The body is not JSON");
    }
  }
}
