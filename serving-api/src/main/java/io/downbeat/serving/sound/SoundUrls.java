package io.downbeat.serving.sound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signed folders of sound: {@code /a/<key>/<expiry>/<quality>/<signature>/<content>/…}. Whoever has
 * the URL may read the files of the content up to the quality until it expires; URLs relative to it
 * are signed by it too. An edge that holds the keys can tell without asking anyone. The signature
 * is the first half of HMAC-SHA-256 (RFC 2104, 5) over what stands before and after it.
 * Thread-safe.
 */
final class SoundUrls {
  private static final int SIGNATURE_BYTES = 16;
  private static final int MOST_CHARS = 256;
  private static final Pattern PATH =
      Pattern.compile(
          "/a/([a-z0-9]{1,16})/([0-9]{1,11})/([0-9]{2,3})/([A-Za-z0-9_-]{22})/([0-9a-f]{32})"
              + "/((?:([0-9]{2,3})(?:/(?:init\\.mp4|index\\.m3u8|[0-9]{1,6}\\.m4s)|\\.m3u8|\\.mpd)))");

  /**
   * What a URL allows.
   *
   * @param file within the content's folder
   */
  record Allowed(String content, String file, Instant until) {}

  private final Map<String, byte[]> keys;
  private final String newest;
  private final Duration life;
  private final Clock clock;

  /**
   * @param keys by id, all of which are good
   * @param newest id of the one that signs
   */
  SoundUrls(Map<String, byte[]> keys, String newest, Duration life, Clock clock) {
    if (!keys.containsKey(newest)) {
      throw new IllegalArgumentException("There is no sound key " + newest);
    }
    this.keys = Map.copyOf(keys);
    this.newest = newest;
    this.life = life;
    this.clock = clock;
  }

  /**
   * The folder of a content, which ends with a slash.
   *
   * @param quality the highest that it allows, in kbit/s
   */
  String sign(String content, int quality) {
    String expiry = Long.toString(clock.instant().plus(life).getEpochSecond());
    String signature = signature(newest, expiry, Integer.toString(quality), content);
    return "/a/" + newest + '/' + expiry + '/' + quality + '/' + signature + '/' + content + '/';
  }

  /** Empty if it was not signed here, has expired, or asks for more than it allows. */
  Optional<Allowed> verify(String path) {
    if (path.length() > MOST_CHARS) {
      return Optional.empty();
    }
    Matcher parts = PATH.matcher(path);
    if (!parts.matches() || !keys.containsKey(parts.group(1))) {
      return Optional.empty();
    }
    String expected = signature(parts.group(1), parts.group(2), parts.group(3), parts.group(5));
    if (!MessageDigest.isEqual(expected.getBytes(US_ASCII), parts.group(4).getBytes(US_ASCII))) {
      return Optional.empty();
    }
    Instant until = Instant.ofEpochSecond(Long.parseLong(parts.group(2)));
    boolean allowed = Integer.parseInt(parts.group(7)) <= Integer.parseInt(parts.group(3));
    return allowed && clock.instant().isBefore(until)
        ? Optional.of(new Allowed(parts.group(5), parts.group(6), until))
        : Optional.empty();
  }

  private String signature(String key, String expiry, String quality, String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(keys.get(key), "HmacSHA256"));
      byte[] all =
          mac.doFinal((key + '/' + expiry + '/' + quality + '/' + content).getBytes(US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(all, SIGNATURE_BYTES));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new AssertionError("Every JDK has HMAC-SHA-256, and any bytes are its key", e);
    }
  }
}
