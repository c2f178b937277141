package io.downbeat.ingest.accounts;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id (RFC 9106) with the parameters that OWASP names first: 19 MiB, 2 passes, 1 lane. What is
 * kept is text in the PHC string format, and says with which parameters it was made.
 *
 * <p>Each thread that hashes holds on to its 19 MiB: the collector would copy them again and again.
 */
final class Argon2id {
  private static final int KIBIBYTES = 19 << 10;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int HASH_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final String FORMAT = "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s";
  private static final Pattern KEPT =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,6}),t=(\\d{1,2}),p=(\\d{1,2})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ThreadLocal<FixedBlockPool> BLOCKS =
      ThreadLocal.withInitial(() -> new FixedBlockPool(KIBIBYTES));

  private Argon2id() {}

  /** With a salt of its own. */
  static String hash(byte[] password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    byte[] hash = hash(password, KIBIBYTES, PASSES, LANES, salt, HASH_BYTES);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return FORMAT.formatted(
        KIBIBYTES, PASSES, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  /**
   * @throws IllegalArgumentException if that is no hash
   */
  static boolean matches(byte[] password, String kept) {
    Matcher parts = KEPT.matcher(kept);
    if (!parts.matches()) {
      throw new IllegalArgumentException("What is kept of a password is no hash");
    }
    byte[] hash = Base64.getDecoder().decode(parts.group(5));
    return MessageDigest.isEqual(
        hash,
        hash(
            password,
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)),
            Base64.getDecoder().decode(parts.group(4)),
            hash.length));
  }

  private static byte[] hash(
      byte[] password, int kibibytes, int passes, int lanes, byte[] salt, int bytes) {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(kibibytes)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(salt)
            .withBlockPool(BLOCKS.get())
            .build());
    byte[] hash = new byte[bytes];
    argon2.generateBytes(password, hash);
    return hash;
  }
}
