package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main road with real plays: files in through {@code ./downbeat import}, counts out, and every
 * bucket compared with a recount of the files, while the stream's JVM, the broker and Cassandra are
 * killed. Without the real files, 150,000 invented plays take their place.
 */
@Timeout(value = 40, unit = TimeUnit.MINUTES)
class RealPlaysIT {
  private static final int INVENTED_ALONE = 150_000;
  private static final int INVENTED_BESIDE = 15_000;

  /** The plays are of 2012 to 2014, and the stream is to count them all. */
  private static final int ALL_DAYS = 36_500;

  private static final List<String> VICTIMS = List.of("stream-jobs", "kafka", "cassandra");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void everyBucketEqualsTheRecountWhateverIsKilledOnTheWay() throws Exception {
    Optional<RadioFiles> radio = RadioFiles.find();
    Recount recount = new Recount();
    InventedFiles invented =
        new InventedFiles(5, radio.isPresent() ? INVENTED_BESIDE : INVENTED_ALONE);
    Path inventedCatalogue = invented.catalogue(directory.resolve("catalogue.ndjson"));
    List<Path> plays = invented.plays(directory, VICTIMS.size(), recount);

    try (LocalPlatform platform = new LocalPlatform(directory)) {
      platform.openDays(ALL_DAYS);
      platform.run("up", "--detach");
      if (radio.isPresent()) {
        for (Path file : plays) {
          platform.run("import", "plays", file.toString());
        }
        platform.run("import", "catalog", radio.get().catalogue().toString());
        plays = radio.get().shuffledPlays(directory, VICTIMS.size(), new Random(5));
        assertThat(radio.get().recount(recount)).as("rows without a duration").isEqualTo(5);
        assertThat(recount.plays()).isEqualTo(134_943 + INVENTED_BESIDE);
      }
      for (int i = 0; i < VICTIMS.size(); i++) {
        importWhileKilling(platform, plays.get(i), VICTIMS.get(i));
      }

      platform.run("import", "catalog", inventedCatalogue.toString());
      platform.await("all plays are counted", platform::counted, now -> now >= recount.plays());
      platform.awaitEqual("buckets", platform::buckets, recount.buckets());
      platform.awaitEqual("charts", platform::charts, recount.charts());
      assertThat(
              Recount.difference(platform.allTime(recount.allTime().keySet()), recount.allTime()))
          .isEmpty();
      platform.await("all plays in the lake", platform::lakeRows, now -> now >= recount.plays());
      assertThat(platform.lakeRows()).isEqualTo(recount.plays());
      System.out.printf(
          "%,d plays, %,d buckets of hours, days and all time, %,d totals, %,d charts: difference 0%n",
          recount.plays(),
          recount.buckets().size(),
          recount.allTime().size(),
          recount.charts().size());
    }
  }

  private void importWhileKilling(LocalPlatform platform, Path plays, String victim)
      throws Exception {
    Path output = directory.resolve("import-" + victim + ".txt");
    Process importing;
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + platform.port("KAFKA")))) {
      long before = logged(admin);
      importing = platform.start(output, "import", "plays", plays.toString(), "--in-flight", "1");
      platform.await("plays are in the log", () -> logged(admin), now -> now > before);
    }
    assertThat(importing.isAlive()).as("still importing as %s is killed", victim).isTrue();
    platform.kill(victim);
    assertThat(importing.waitFor(8, TimeUnit.MINUTES)).as(Files.readString(output)).isTrue();
    assertThat(importing.exitValue()).as(Files.readString(output)).isZero();
  }

  /** How many plays the log holds: an import is over before all of them are counted. */
  private static long logged(Admin admin) throws IOException, InterruptedException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < Topics.PLAYS.partitions(); partition++) {
      ends.put(new TopicPartition(Topics.PLAYS.name(), partition), OffsetSpec.latest());
    }
    try {
      return admin.listOffsets(ends).all().get().values().stream()
          .mapToLong(ListOffsetsResultInfo::offset)
          .sum();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }
}
