package io.downbeat.local.run.imports;

import org.jspecify.annotations.Nullable;

/**
 * A row that is not sent: thrown while a row is mapped, turned into {@link Row.Refused} by {@link
 * Rows}.
 */
final class Unfit extends RuntimeException {

  private final @Nullable String field;

  Unfit(@Nullable String field, String reason) {
    super(reason, null, false, false);
    this.field = field;
  }

  @Nullable String field() {
    return field;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
