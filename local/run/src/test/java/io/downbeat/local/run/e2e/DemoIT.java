package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.local.run.e2e.Recount.Bucket;
import io.downbeat.local.run.e2e.Recount.Credits;
import io.downbeat.local.run.e2e.Recount.Measures;
import io.downbeat.local.run.simulate.Play;
import io.downbeat.local.run.simulate.Simulation;
import io.downbeat.local.run.simulate.Upload;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.identity.GenreId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./downbeat up --demo}, with fewer listeners. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class DemoIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  @Test
  void theHistoryIsCountedOnceAndTheNextStartGoesOnFromIt() throws Exception {
    try (LocalPlatform platform = new LocalPlatform(directory)) {
      String up = up(platform, 0);
      assertThat(up.lines().filter(line -> line.startsWith("curl ")).skip(3))
          .hasSizeGreaterThan(2)
          .allSatisfy(curl -> assertThat(platform.bash(curl + " -f").code()).isZero());

      Recount recount = recount();
      assertThat(recount.plays()).isGreaterThan(150_000);
      platform.awaitEqual("buckets", platform::buckets, recount.buckets());
      platform.awaitEqual("charts", platform::charts, recount.charts());
      assertThat(platform.counted()).isEqualTo(recount.plays());
      System.out.printf(
          "%,d plays, %,d buckets, %,d charts: difference 0%n",
          recount.plays(), recount.buckets().size(), recount.charts().size());
      platform.run("down");

      up(platform, 5);
      Recount longer = recount();
      platform.await("others play on", platform::counted, now -> now > longer.plays() + 20);
      Instant before = counted().minus(Duration.ofDays(2));
      assertThat(
              Recount.difference(
                  until(before, platform.buckets()), until(before, longer.buckets())))
          .isEmpty();
    }
  }

  private static String up(LocalPlatform platform, int rate) throws Exception {
    return platform.run(
        "up", "--detach", "--demo", "--demo-listeners", "1000", "--demo-rate", "" + rate);
  }

  private static Map<Bucket, Measures> until(Instant end, Map<Bucket, Measures> buckets) {
    return buckets.entrySet().stream()
        .filter(entry -> entry.getKey().unit() != ChronoUnit.FOREVER)
        .filter(entry -> entry.getKey().start().isBefore(end))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What the demo has sent, each play once. */
  private Recount recount() throws Exception {
    JsonNode file = file();
    Instant start = Instant.parse(file.path("start").asText());
    Simulation simulation =
        Simulation.of(file.path("seed").asLong(), start, file.path("listeners").asInt());
    Recount recount = new Recount();
    Set<UUID> seen = new HashSet<>();
    Iterator<Upload> uploads = simulation.plays(start, counted()).iterator();
    while (uploads.hasNext()) {
      Play play = uploads.next().play();
      if (seen.add(play.id())) {
        recount.add(
            play.listener().id(),
            play.track().id(),
            play.startedAt(),
            play.playedMillis(),
            play.endReason() == EndReason.SKIPPED,
            new Credits(
                List.of(play.track().artist().id()),
                play.track().album().id(),
                List.of(GenreId.of(play.track().genre().label()))));
      }
    }
    return recount;
  }

  private Instant counted() throws Exception {
    return Instant.parse(file().path("counted").asText());
  }

  private JsonNode file() throws Exception {
    return new JsonMapper().readTree(directory.resolve(".downbeat/demo.json").toFile());
  }
}
