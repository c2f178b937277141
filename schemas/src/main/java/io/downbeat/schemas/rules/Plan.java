package io.downbeat.schemas.rules;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a listener pays for, and what that allows. */
public enum Plan {
  FREE("free", 3, 160),
  PREMIUM("premium", 10, 256),
  FAMILY("family", 10, 256),
  STUDENT("student", 10, 256);

  private final String key;
  private final int devices;
  private final int kilobits;

  Plan(String key, int devices, int kilobits) {
    this.key = key;
    this.devices = devices;
    this.kilobits = kilobits;
  }

  /** Its name in tables, tokens and JSON. */
  public String key() {
    return key;
  }

  /** Most devices of one account. */
  public int devices() {
    return devices;
  }

  /** Highest quality of sound, in kbit/s. */
  public int kilobits() {
    return kilobits;
  }

  /**
   * The plan that counts at a time: this one while it is paid for, else the free one.
   *
   * @param from null: since ever
   * @param until excluded; null: until further notice
   */
  public Plan at(Instant time, @Nullable Instant from, @Nullable Instant until) {
    return (from == null || !time.isBefore(from)) && (until == null || time.isBefore(until))
        ? this
        : FREE;
  }

  /**
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Plan of(String key) {
    for (Plan plan : values()) {
      if (plan.key.equals(key)) {
        return plan;
      }
    }
    throw new IllegalArgumentException("There is no plan " + key);
  }
}
