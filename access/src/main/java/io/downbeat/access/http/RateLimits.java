package io.downbeat.access.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * How many requests a client address and an account may send: a token bucket each, in this process.
 * Thread-safe.
 */
public final class RateLimits {

  /**
   * @param address everything from one client address
   * @param signIn what takes a password from one client address, which counts as everything too
   * @param account everything of one account except its plays
   * @param plays the plays of one account
   * @param buckets most that are kept; whose bucket is dropped starts with a full one
   * @param unlimited networks of client addresses that have no limits
   */
  public record Settings(
      Rate address, Rate signIn, Rate account, Rate plays, long buckets, List<String> unlimited) {}

  private enum Scope {
    ADDRESS,
    SIGN_IN,
    ACCOUNT,
    PLAYS
  }

  private record Key(Scope scope, Object whose) {}

  /** Each may cost a password's hash. */
  private static final Set<String> SIGN_IN_PATHS = Set.of("/v1/accounts", "/v1/sessions");

  private static final String PLAYS_PATH = "/v1/plays";
  private static final String EXEMPT = RateLimits.class.getName();

  private final Map<Scope, Rate> rates = new EnumMap<>(Scope.class);
  private final Map<Scope, Bandwidth> bandwidths = new EnumMap<>(Scope.class);
  private final Networks unlimited;
  private final TimeMeter time;
  private final Cache<Key, Bucket> buckets;

  public RateLimits(Settings settings) {
    this(settings, Ticker.systemTicker());
  }

  /** In the time of a ticker. */
  public RateLimits(Settings settings, Ticker ticker) {
    put(Scope.ADDRESS, settings.address());
    put(Scope.SIGN_IN, settings.signIn());
    put(Scope.ACCOUNT, settings.account());
    put(Scope.PLAYS, settings.plays());
    unlimited = Networks.of(settings.unlimited());
    time = new Nanos(ticker);
    buckets =
        Caffeine.newBuilder()
            .maximumSize(settings.buckets())
            .expireAfterAccess(
                rates.values().stream()
                    .filter(Rate::limits)
                    .map(Rate::toFill)
                    .reduce(Duration.ofSeconds(1), (a, b) -> a.compareTo(b) > 0 ? a : b))
            .ticker(ticker)
            .build();
  }

  /** Lets everything through. */
  public static RateLimits none() {
    return new RateLimits(new Settings(Rate.NONE, Rate.NONE, Rate.NONE, Rate.NONE, 1, List.of()));
  }

  private void put(Scope scope, Rate rate) {
    rates.put(scope, rate);
    if (rate.limits()) {
      bandwidths.put(
          scope,
          Bandwidth.builder()
              .capacity(rate.burst())
              .refillGreedy(rate.requests(), rate.per())
              .build());
    }
  }

  /** The request counts for nobody: not for its address, nor for an account later. */
  static void exempt(Context ctx) {
    ctx.attribute(EXEMPT, true);
  }

  /**
   * Counts a request for its client address.
   *
   * @throws TooManyRequestsException if there were too many
   */
  void address(Context ctx, ClientAddress addresses) {
    if (unlimited.contains(addresses.find(ctx)) || ctx.attribute(EXEMPT) != null) {
      return;
    }
    String address = ClientAddress.of(ctx);
    take(ctx, Scope.ADDRESS, address);
    if (ctx.req().getMethod().equals("POST") && SIGN_IN_PATHS.contains(ctx.path())) {
      take(ctx, Scope.SIGN_IN, address);
    }
  }

  /**
   * Counts a request for the account that it was found to come from. Before its body is read.
   *
   * @throws TooManyRequestsException if there were too many
   */
  public void account(Context ctx, UUID user) {
    if (ctx.attribute(EXEMPT) == null) {
      take(ctx, ctx.path().equals(PLAYS_PATH) ? Scope.PLAYS : Scope.ACCOUNT, user);
    }
  }

  /** The answer tells about the last bucket that was asked: the narrowest. */
  private void take(Context ctx, Scope scope, Object whose) {
    Bandwidth bandwidth = bandwidths.get(scope);
    if (bandwidth == null) {
      return;
    }
    ConsumptionProbe probe =
        buckets.get(new Key(scope, whose), key -> full(bandwidth)).tryConsumeAndReturnRemaining(1);
    ctx.header("RateLimit-Limit", Long.toString(bandwidth.getCapacity()))
        .header("RateLimit-Remaining", Long.toString(probe.getRemainingTokens()))
        .header("RateLimit-Reset", Long.toString(seconds(probe.getNanosToWaitForReset())));
    if (!probe.isConsumed()) {
      throw new TooManyRequestsException(
          Duration.ofSeconds(Math.max(1, seconds(probe.getNanosToWaitForRefill()))));
    }
  }

  private Bucket full(Bandwidth bandwidth) {
    return Bucket.builder().addLimit(bandwidth).withCustomTimePrecision(time).build();
  }

  private static long seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1);
  }

  /** A bucket's time. */
  private record Nanos(Ticker ticker) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return ticker.read();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
