package io.downbeat.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class NightlyTest {
  private final List<String> ran = new ArrayList<>();
  private final Map<String, Callable<Integer>> jobs = new LinkedHashMap<>();

  @Test
  void allRunInTheirOrderAndTheFirstFailureIsTheResult() {
    add("first", 0);
    add("second", 5);
    jobs.put(
        "third",
        () -> {
          ran.add("third");
          throw new IllegalStateException("broken");
        });
    add("fourth", 0);

    assertThat(new Nightly(jobs).call()).isEqualTo(5);
    assertThat(ran).containsExactly("first", "second", "third", "fourth");
  }

  @Test
  void aFailureIsAnExitCodeToo() {
    jobs.put(
        "broken",
        () -> {
          throw new IllegalStateException("broken");
        });
    assertThat(new Nightly(jobs).call()).isEqualTo(1);
  }

  @Test
  void aGoodNightEndsWithZero() {
    add("first", 0);
    assertThat(new Nightly(jobs).call()).isZero();
  }

  private void add(String name, int code) {
    jobs.put(
        name,
        () -> {
          ran.add(name);
          return code;
        });
  }
}
