package io.downbeat.serving.sound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.downbeat.serving.http.Problem;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
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
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
  private static final String RENEW = "; ask for the track's playback again";
  private static final Pattern PATH =
      Pattern.compile(
          "/a/([0-9]{12})/([0-9]{1,11})/([0-9]{2,3})/([A-Za-z0-9_-]{22})/([0-9a-f]{32})"
              + "/(([0-9]{2,3})(?:/sound\\.mp4|/index\\.m3u8|\\.m3u8|\\.mpd))");

  /**
   * What a URL allows.
   *
   * @param file within the content's folder
   */
  record Allowed(String content, String file, Instant until) {}

  private final SoundKeys keys;
  private final Clock clock;

  SoundUrls(SoundKeys keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * The folder of a content, which ends with a slash.
   *
   * @param quality the highest that it allows, in kbit/s
   * @param until excluded, in whole seconds
   * @throws Problem 503 if there is no key
   */
  String sign(String content, int quality, Instant until) {
    SoundKeys.Key key =
        keys.signing()
            .orElseThrow(
                () -> Problem.unavailable("There is no key to sign sounds with", RETRY_AFTER));
    String expiry = Long.toString(until.getEpochSecond());
    String signature = signature(key, expiry, Integer.toString(quality), content);
    return "/a/" + key.id() + '/' + expiry + '/' + quality + '/' + signature + '/' + content + '/';
  }

  /**
   * @throws Problem 404 if no sound has such a path, 403 if it was not signed here, has expired, or
   *     asks for more than it allows
   */
  Allowed verify(String path) {
    Matcher parts = path.length() > MOST_CHARS ? PATH.matcher("") : PATH.matcher(path);
    if (!parts.matches()) {
      throw Problem.notYet("There is nothing at this path");
    }
    SoundKeys.Key key =
        keys.find(parts.group(1))
            .orElseThrow(
                () ->
                    Problem.forbidden(
                        "key", parts.group(1), "Nothing is signed with this key" + RENEW));
    String expected = signature(key, parts.group(2), parts.group(3), parts.group(5));
    if (!MessageDigest.isEqual(expected.getBytes(US_ASCII), parts.group(4).getBytes(US_ASCII))) {
      throw Problem.forbidden(
          "signature", parts.group(4), "The signature is not of this path" + RENEW);
    }
    Instant until = Instant.ofEpochSecond(Long.parseLong(parts.group(2)));
    if (!clock.instant().isBefore(until)) {
      throw Problem.forbidden("expiry", parts.group(2), "It expired at " + until + RENEW);
    }
    if (Integer.parseInt(parts.group(7)) > Integer.parseInt(parts.group(3))) {
      throw Problem.forbidden(
          "quality", parts.group(7), "This URL is for up to " + parts.group(3) + " kbit/s");
    }
    return new Allowed(parts.group(5), parts.group(6), until);
  }

  private static String signature(SoundKeys.Key key, String expiry, String quality, String of) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.secret(), "HmacSHA256"));
      byte[] all =
          mac.doFinal((key.id() + '/' + expiry + '/' + quality + '/' + of).getBytes(US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(all, SIGNATURE_BYTES));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new AssertionError("Every JDK has HMAC-SHA-256, and any bytes are its key", e);
    }
  }
}
