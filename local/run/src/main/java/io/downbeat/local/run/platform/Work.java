package io.downbeat.local.run.platform;

import io.downbeat.local.run.supervise.Child;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;

/** Work inside the supervisor that is done once; ready when it is done. */
final class Work implements Child {
  private final Runnable work;

  Work(Runnable work) {
    this.work = work;
  }

  @Override
  public void start() {
    work.run();
  }

  @Override
  public void awaitReady() {}

  @Override
  public String awaitEnd() throws InterruptedException {
    new CountDownLatch(1).await();
    return "";
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.empty();
  }

  @Override
  public void stop() {}
}
