package io.downbeat.ingest.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.downbeat.access.http.ClientAddress;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Stops the guessing of passwords: after so many failed sign-ins for one e-mail address, or from
 * one client address, further ones have to wait until those are long enough ago. It knows an e-mail
 * address only as a hash under a key that is drawn at the start and kept nowhere else. Thread-safe.
 *
 * <p>An attempt is {@link #check}, then the password, then {@link #failed} or {@link #succeeded}.
 * For the e-mail address an attempt counts from its check on, so that many at once are not more
 * guesses than one after the other; one that ends otherwise counts as failed.
 */
public final class SignInThrottle {

  /**
   * @param email most failures for one e-mail address
   * @param address most failures from one client address, behind which may be many people
   * @param within in which so many are forgotten again, evenly
   * @param kept most e-mail addresses, and most client addresses, that are remembered
   */
  public record Settings(long email, long address, Duration within, long kept) {}

  private static final String HASH = "HmacSHA256";

  private final SecretKeySpec key = new SecretKeySpec(random(32), HASH);
  private final Cache<UUID, Bucket> emails;
  private final Cache<String, Bucket> addresses;
  private final Bandwidth ofEmail;
  private final Bandwidth ofAddress;
  private final TimeMeter time;

  public SignInThrottle(Settings settings, Clock clock) {
    time = new Wall(clock);
    ofEmail = bandwidth(settings.email(), settings.within());
    ofAddress = bandwidth(settings.address(), settings.within());
    emails = cache(settings, time);
    addresses = cache(settings, time);
  }

  /**
   * @param address of {@link ClientAddress#of}
   * @throws Problem 429 until when it is too early
   */
  public void check(String email, String address) {
    Bucket from = addresses.getIfPresent(address);
    if (from != null) {
      refuseFor(from.estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }
    refuseFor(
        emails
            .get(hash(email), unused -> full(ofEmail))
            .tryConsumeAndReturnRemaining(1)
            .getNanosToWaitForRefill());
  }

  public void failed(String email, String address) {
    addresses.get(address, unused -> full(ofAddress)).tryConsume(1);
  }

  /** Forgets the failures for the e-mail address. */
  public void succeeded(String email) {
    emails.invalidate(hash(email));
  }

  private static void refuseFor(long nanos) {
    if (nanos > 0) {
      throw Problem.tooMany(Duration.ofSeconds(TimeUnit.NANOSECONDS.toSeconds(nanos - 1) + 1));
    }
  }

  private UUID hash(String email) {
    try {
      Mac mac = Mac.getInstance(HASH);
      mac.init(key);
      ByteBuffer hash =
          ByteBuffer.wrap(
              mac.doFinal(email.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8)));
      return new UUID(hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new AssertionError("Every JDK has " + HASH, e);
    }
  }

  private Bucket full(Bandwidth bandwidth) {
    return Bucket.builder().addLimit(bandwidth).withCustomTimePrecision(time).build();
  }

  private static Bandwidth bandwidth(long most, Duration within) {
    return Bandwidth.builder().capacity(most).refillGreedy(most, within).build();
  }

  private static <K> Cache<K, Bucket> cache(Settings settings, TimeMeter time) {
    return Caffeine.newBuilder()
        .maximumSize(settings.kept())
        .expireAfterAccess(settings.within())
        .ticker(time::currentTimeNanos)
        .build();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  private record Wall(Clock clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return TimeUnit.MILLISECONDS.toNanos(clock.millis());
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
