package io.downbeat.bench.owned;

import java.util.UUID;

/** Who does something here; each thread has some to itself. */
final class People {
  static final int THREADS = 16;
  static final int EACH = 8;
  static final int ALL = THREADS * EACH;
  static final String PASSWORD = "correct horse battery staple";

  private People() {}

  /**
   * @param turn counts what the thread does
   */
  static int next(int thread, int turn) {
    return thread * EACH + turn % EACH;
  }

  static String email(int person) {
    return "listener-" + person + "@example.org";
  }

  /** The one device of a person. */
  static UUID device(int person) {
    return new UUID(0x4000, 0x8000_0000_0000_0000L + person);
  }
}
