package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.supervise.Child;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamHoldTest {
  private final BlockingQueue<String> story = new ArrayBlockingQueue<>(10);

  private final Child child =
      new Child() {
        @Override
        public void start() {
          story.add("started");
        }

        @Override
        public void awaitReady() {}

        @Override
        public String awaitEnd() {
          return "ended";
        }

        @Override
        public OptionalLong pid() {
          return OptionalLong.empty();
        }

        @Override
        public void stop() {}
      };

  @Test
  void nothingIsStartedWhileACommandHoldsIt(@TempDir Path directory) throws Exception {
    Home home = new Home(directory, directory.resolve(".downbeat"));
    Child heeding = StreamHold.heeding(home, child);
    heeding.reportTo(story::add);
    Thread supervisor = new Thread(() -> start(heeding), "supervisor");
    try (StreamHold hold = StreamHold.take(home).orElseThrow()) {
      assertThat(StreamHold.take(home)).as("a second command").isEmpty();
      supervisor.start();
      assertThat(story.poll(10, TimeUnit.SECONDS)).startsWith("waits");
      story.add("command is done");
    }
    supervisor.join();
    assertThat(story).containsExactly("command is done", "started");
    assertThat(StreamHold.take(home)).as("free again").isPresent();
  }

  private static void start(Child child) {
    try {
      child.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
