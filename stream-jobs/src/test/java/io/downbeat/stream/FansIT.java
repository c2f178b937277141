package io.downbeat.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Likes and follows through the whole job on real servers, killed while it works. */
class FansIT {
  private static final int CHANGES = 4_000;

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final Library library = new Library();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path home;

  @Test
  void killedJobCountsWhoLikesAndFollowsNowAndNobodySeesFewerThanNone() throws Exception {
    try (RunningJob job = new RunningJob(fresh, home, PlaysJob.class, List.of(), Map.of())) {
      AtomicBoolean done = new AtomicBoolean();
      AtomicBoolean negative = new AtomicBoolean();
      Thread reader =
          new Thread(
              () -> {
                while (!done.get()) {
                  if (ServedCounts.fans(job.session).values().stream().anyMatch(fans -> fans < 0)) {
                    negative.set(true);
                  }
                  LockSupport.parkNanos(20_000_000);
                }
              },
              "reader");
      reader.start();
      job.start();
      for (int third = 0; third < 3; third++) {
        Map<String, Long> before = ServedCounts.fans(job.session);
        library.change(job, CHANGES / 3);
        job.flush();
        job.await("some of it", () -> !ServedCounts.fans(job.session).equals(before));
        if (third < 2) {
          job.process.kill();
          job.start();
        }
      }
      job.await("difference 0", () -> ServedCounts.fans(job.session).equals(library.fans()));
      library.sendNewest(job);
      library.change(job, 1);
      job.flush();
      job.await("one more", () -> ServedCounts.fans(job.session).equals(library.fans()));
      done.set(true);
      reader.join();
      assertThat(negative).as("someone saw fewer than none").isFalse();
    }
  }
}
