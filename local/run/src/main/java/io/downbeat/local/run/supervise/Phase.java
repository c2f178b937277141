package io.downbeat.local.run.supervise;

/** Where a part is between its start and its end. */
public enum Phase {
  /** For the parts that it needs. */
  WAITING,
  STARTING,
  READY,
  /** It ended by itself and is started again when its wait is over. */
  BACKING_OFF,
  /** As that, but will end again until somebody does what its note says. */
  BLOCKED,
  STOPPING,
  STOPPED
}
