package io.downbeat.local.run.e2e;

import java.util.List;
import java.util.stream.IntStream;

/** A list cut into parts of about the same length. */
final class Parts {

  private Parts() {}

  static <T> List<List<T>> of(List<T> all, int parts) {
    return IntStream.range(0, parts)
        .mapToObj(i -> all.subList(all.size() * i / parts, all.size() * (i + 1) / parts))
        .toList();
  }
}
