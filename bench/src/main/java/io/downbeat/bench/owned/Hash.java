package io.downbeat.bench.owned;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;

/** A password looked at as ingest-api does it: Argon2id, 19 MiB, 2 passes, 1 lane. */
final class Hash implements Loop.Work {
  private static final Argon2Function ARGON2 =
      Argon2Function.getInstance(19 << 10, 2, 1, 32, Argon2.ID);
  private static final String KEPT =
      Password.hash(People.PASSWORD).addRandomSalt(16).with(ARGON2).getResult();

  @Override
  public long once() {
    if (!Password.check(People.PASSWORD, KEPT).with(Argon2Function.getInstanceFromHash(KEPT))) {
      throw new IllegalStateException("The right password is wrong");
    }
    return System.nanoTime();
  }
}
