package io.downbeat.schemas.rules;

import java.util.UUID;

/** The partition of a model's version that holds the row of a listener or a track. */
public final class ModelBucket {
  /** Part of the tables' layout: another number would hide what is written. */
  public static final int COUNT = 1_024;

  private ModelBucket() {}

  /** From 0 to {@link #COUNT} - 1. */
  public static int of(UUID id) {
    return (int) ((id.getMostSignificantBits() ^ id.getLeastSignificantBits()) & (COUNT - 1));
  }
}
