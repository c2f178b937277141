package io.downbeat.local.run.api;

import java.util.Locale;

/** What is sent, and so where it goes: {@code POST /v1/plays} or {@code POST /v1/catalog}. */
public enum Kind {
  PLAYS,
  CATALOG;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
