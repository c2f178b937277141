package io.downbeat.serving.sound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.downbeat.serving.http.Problem;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  private static final int MOST_VERIFIED = 20_000;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
  private static final String RENEW = "; ask for the track's playback again";
  private static final Pattern FOLDER =
      Pattern.compile(
          "/a/([0-9]{12})/([0-9]{1,11})/([0-9]{2,3})/([A-Za-z0-9_-]{22})/([0-9a-f]{32})/");

  /** With the quality that each is of. */
  private static final Map<String, Integer> FILES =
      Stream.of(96, 160, 256)
          .flatMap(
              quality ->
                  Stream.of("/sound.mp4", "/index.m3u8", ".m3u8", ".mpd")
                      .map(ending -> Map.entry(quality + ending, quality)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  /** A folder whose signature is good. */
  private record Folder(SoundKeys.Key key, String content, int quality, Instant until) {}

  /**
   * What a URL allows.
   *
   * @param file within the content's folder
   */
  record Allowed(String content, String file, Instant until) {}

  private final SoundKeys keys;
  private final Clock clock;

  /** Whoever plays asks for one folder again and again. */
  private final Cache<String, Folder> verified =
      Caffeine.newBuilder().maximumSize(MOST_VERIFIED).executor(Runnable::run).build();

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
    int end = path.length() > MOST_CHARS ? -1 : fileOf(path);
    Integer quality = end < 0 ? null : FILES.get(path.substring(end));
    if (quality == null) {
      throw Problem.notYet("There is nothing at this path");
    }
    Folder folder = folder(path.substring(0, end));
    if (!clock.instant().isBefore(folder.until())) {
      throw Problem.forbidden(
          "expiry",
          Long.toString(folder.until().getEpochSecond()),
          "It expired at " + folder.until() + RENEW);
    }
    if (quality > folder.quality()) {
      throw Problem.forbidden(
          "quality",
          Integer.toString(quality),
          "This URL is for up to " + folder.quality() + " kbit/s");
    }
    return new Allowed(folder.content(), path.substring(end), folder.until());
  }

  /** Where the name of a file begins: behind the seventh slash; -1 if there are fewer. */
  private static int fileOf(String path) {
    int at = -1;
    for (int slash = 0; slash < 7; slash++) {
      at = path.indexOf('/', at + 1);
      if (at < 0) {
        return -1;
      }
    }
    return at + 1;
  }

  private Folder folder(String path) {
    Folder known = verified.getIfPresent(path);
    if (known != null && keys.find(known.key().id()).filter(known.key()::equals).isPresent()) {
      return known;
    }
    Matcher parts = FOLDER.matcher(path);
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
    Folder folder =
        new Folder(
            key,
            parts.group(5),
            Integer.parseInt(parts.group(3)),
            Instant.ofEpochSecond(Long.parseLong(parts.group(2))));
    verified.put(path, folder);
    return folder;
  }

  private static String signature(SoundKeys.Key key, String expiry, String quality, String of) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.secret().getBytes(US_ASCII), "HmacSHA256"));
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
