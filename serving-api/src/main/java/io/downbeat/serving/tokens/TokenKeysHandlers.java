package io.downbeat.serving.tokens;

import io.downbeat.access.PublicJwk;
import io.downbeat.access.PublicKeys;
import io.downbeat.access.TokenKeys;
import io.downbeat.serving.http.Answers;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code GET /.well-known/jwks.json}. Thread-safe. */
public final class TokenKeysHandlers {
  private static final Duration MAX_AGE = Duration.ofSeconds(60);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final TokenKeys keys;

  public TokenKeysHandlers(TokenKeys keys) {
    this.keys = keys;
  }

  public void keys(Context ctx) {
    Query.of(ctx.queryParamMap(), Set.of());
    List<PublicJwk> all;
    try {
      all = keys.all();
    } catch (PublicKeys.UnavailableException e) {
      throw Problem.unavailable(String.valueOf(e.getMessage()), RETRY_AFTER);
    }
    Answers.cacheable(
        ctx, Map.of("keys", all.stream().map(PublicJwk::parameters).toList()), MAX_AGE);
  }
}
