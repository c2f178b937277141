package io.downbeat.local.run.platform;

import io.downbeat.local.run.supervise.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * While a command holds it, the supervisor does not start stream-jobs. The system takes it back
 * with the command's process, however that ends.
 */
public final class StreamHold implements AutoCloseable {
  private static final long LOOK_MILLIS = 200;

  private final FileLock lock;

  private StreamHold(FileLock lock) {
    this.lock = lock;
  }

  /** Empty while another command holds it, or a start is under way. */
  public static Optional<StreamHold> take(Home home) throws IOException {
    Files.createDirectories(home.run());
    FileChannel channel =
        FileChannel.open(
            home.run().resolve("stream-jobs.hold"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      return Optional.empty();
    }
    return Optional.of(new StreamHold(lock));
  }

  /** A child that is started only while nobody else holds it. */
  static Child heeding(Home home, Child child) {
    return new Heeding(home, child);
  }

  @Override
  public void close() throws IOException {
    lock.acquiredBy().close();
  }

  private static final class Heeding implements Child {
    private final Home home;
    private final Child child;
    private Consumer<String> listener = line -> {};

    Heeding(Home home, Child child) {
      this.home = home;
      this.child = child;
    }

    @Override
    public void reportTo(Consumer<String> listener) {
      this.listener = listener;
      child.reportTo(listener);
    }

    @Override
    public void start() throws InterruptedException {
      try {
        Optional<StreamHold> hold = take(home);
        if (hold.isEmpty()) {
          listener.accept("waits for a command that works on its state");
          do {
            Thread.sleep(LOOK_MILLIS);
            hold = take(home);
          } while (hold.isEmpty());
        }
        try (StreamHold held = hold.get()) {
          child.start();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot see whether stream-jobs may start", e);
      }
    }

    @Override
    public void awaitReady() throws InterruptedException {
      child.awaitReady();
    }

    @Override
    public String awaitEnd() throws InterruptedException {
      return child.awaitEnd();
    }

    @Override
    public OptionalLong pid() {
      return child.pid();
    }

    @Override
    public void stop() {
      child.stop();
    }
  }
}
