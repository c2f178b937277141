package io.downbeat.local.run.sound;

import java.util.List;

/** A bit rate of AAC-LC, in kbit/s. */
enum Quality {
  LOW(96),
  MIDDLE(160),
  HIGH(256);

  static final List<Quality> ALL = List.of(values());

  private final int kilobits;

  Quality(int kilobits) {
    this.kilobits = kilobits;
  }

  int kilobits() {
    return kilobits;
  }

  /** The folder of its files, and its place in a URL. */
  String folder() {
    return Integer.toString(kilobits);
  }
}
