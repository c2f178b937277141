package io.downbeat.ingest.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Argon2idTest {
  private static final byte[] PASSWORD = "correct horse".getBytes(UTF_8);

  @Test
  void whatIsKeptMatchesItsPasswordAlone() {
    String kept = Argon2id.hash(PASSWORD);
    assertThat(kept).matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[^$]{22}\\$[^$]{43}");
    assertThat(Argon2id.matches(PASSWORD, kept)).isTrue();
    assertThat(Argon2id.matches("correct house".getBytes(UTF_8), kept)).isFalse();
    assertThat(Argon2id.hash(PASSWORD)).isNotEqualTo(kept);
  }

  /** Made by another implementation, password4j 1.8.4. */
  @Test
  void othersHashesMatch() {
    assertThat(
            Argon2id.matches(
                "x".repeat(44).getBytes(UTF_8),
                "$argon2id$v=19$m=19456,t=2,p=1$c9Uau9icuBlvDvtokvlNaA"
                    + "$zt9oHjL/RrEebsnhLg9OCsPQoU3xe7IWGP2Znyeo2II"))
        .isTrue();
  }

  /** From the tests of the algorithm's reference implementation. */
  @Test
  void otherParametersAreThoseOfTheHash() {
    assertThat(
            Argon2id.matches(
                "password".getBytes(UTF_8),
                "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ"
                    + "$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8",
        "$argon2id$v=16$m=256,t=2,p=2$c29tZXNhbHQ$bQk8",
        "$argon2id$v=19$m=9999999,t=2,p=2$c29tZXNhbHQ$bQk8"
      })
  void whatIsNoHashIsSaidToBeNone(String kept) {
    assertThatThrownBy(() -> Argon2id.matches(PASSWORD, kept))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no hash");
  }
}
