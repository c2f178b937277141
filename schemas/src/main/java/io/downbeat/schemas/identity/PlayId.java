package io.downbeat.schemas.identity;

import java.util.UUID;

/** Identity of a play that its device numbered: the same on every retry, from any copy. */
public final class PlayId {

  private PlayId() {}

  public static UUID of(UUID deviceId, long deviceSeq) {
    return Uuids.named(deviceId, Long.toString(deviceSeq));
  }
}
