package io.downbeat.schemas.identity;

import java.util.Locale;
import java.util.UUID;

/** Identity of a genre: its name without regard to case and outer blanks. */
public final class GenreId {

  private static final UUID NAMESPACE = UUID.fromString("6f0b6a3e-4d6e-5c1a-9a51-0d2f2f2c7c11");

  private GenreId() {}

  public static UUID of(String name) {
    return Uuids.named(NAMESPACE, name.strip().toLowerCase(Locale.ROOT));
  }
}
