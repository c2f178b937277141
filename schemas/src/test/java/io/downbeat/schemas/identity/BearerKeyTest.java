package io.downbeat.schemas.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BearerKeyTest {
  private static final String KEY = "0123456789abcdef";

  @Test
  void onlyTheKeyItselfIsLetIn() {
    BearerKey key = BearerKey.of(KEY + "\n");

    assertThat(key.isIn("Bearer " + KEY)).isTrue();
    assertThat(key.isIn("bearer  " + KEY)).isTrue();
    assertThat(key.isIn(null)).isFalse();
    assertThat(key.isIn("")).isFalse();
    assertThat(key.isIn(KEY)).isFalse();
    assertThat(key.isIn("Bearer ")).isFalse();
    assertThat(key.isIn("Bearer " + KEY + "0")).isFalse();
    assertThat(key.isIn("Bearer " + KEY.substring(1))).isFalse();
    assertThat(key.toString()).doesNotContain(KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "two keys in one file", "0123456789abcd\u00e9f"})
  void whatIsNoKeyIsRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> BearerKey.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("it must hold one key of 16 to 1024 visible ASCII characters");
  }
}
