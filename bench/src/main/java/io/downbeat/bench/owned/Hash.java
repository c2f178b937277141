package io.downbeat.bench.owned;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** A password looked at as ingest-api does it: Argon2id, 19 MiB that are kept, 2 passes, 1 lane. */
final class Hash implements Loop.Work {
  private static final int KIBIBYTES = 19 << 10;
  private static final int HASH_BYTES = 32;

  private final Argon2Parameters parameters =
      new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
          .withVersion(Argon2Parameters.ARGON2_VERSION_13)
          .withMemoryAsKB(KIBIBYTES)
          .withIterations(2)
          .withParallelism(1)
          .withSalt(new byte[16])
          .withBlockPool(new FixedBlockPool(KIBIBYTES))
          .build();
  private final byte[] kept = hash();

  @Override
  public long once() {
    if (!Arrays.equals(hash(), kept)) {
      throw new IllegalStateException("The right password is wrong");
    }
    return System.nanoTime();
  }

  private byte[] hash() {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(parameters);
    byte[] hash = new byte[HASH_BYTES];
    argon2.generateBytes(People.PASSWORD.getBytes(UTF_8), hash);
    return hash;
  }
}
