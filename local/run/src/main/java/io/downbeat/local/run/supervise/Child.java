package io.downbeat.local.run.supervise;

import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A process that can be started again after every end, or a piece of work that ends by itself. One
 * thread drives it; {@link #stop} and {@link #pid} may come from any.
 */
public interface Child {
  /** Who is told, in a line, what it does while it starts; said before the first start. */
  default void reportTo(Consumer<String> listener) {}

  /** Prepares what it needs and starts it. */
  void start() throws InterruptedException;

  /**
   * Returns when it does its work; throws with the reason if it ended or took too long, and has
   * then ended.
   */
  void awaitReady() throws InterruptedException;

  /** Returns why it ended, once it has; never for work that is done as soon as it is ready. */
  String awaitEnd() throws InterruptedException;

  /** While it is a process that is alive. */
  OptionalLong pid();

  /**
   * Ends it for good, by force if it hangs; returns when it has ended. A start that is under way or
   * comes later throws and leaves nothing running.
   */
  void stop();
}
