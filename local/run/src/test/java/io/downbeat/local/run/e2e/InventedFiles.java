package io.downbeat.local.run.e2e;

import io.downbeat.local.run.e2e.Recount.Credits;
import io.downbeat.schemas.identity.GenreId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A catalogue and plays made up from a seed: several artists and genres a track, skips, pauses. */
final class InventedFiles {
  private static final int TRACKS = 2_000;
  private static final int UNKNOWN_TRACKS = 20;
  private static final Instant FIRST = Instant.parse("2024-11-20T00:00:00Z");
  private static final Duration SPAN = Duration.ofDays(400);

  private final Random random;
  private final int plays;

  InventedFiles(long seed, int plays) {
    this.random = new Random(seed);
    this.plays = plays;
  }

  Path catalogue(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int t = 0; t < TRACKS; t++) {
      lines.add(
          "{\"type\":\"track\",\"track_id\":\"%s\",\"title\":\"Track %d\",\"artist_ids\":[%s],\"album_id\":\"%s\",\"genres\":[%s]}"
              .formatted(
                  track(t),
                  t,
                  credits(t).artists().stream()
                      .map(id -> '"' + id.toString() + '"')
                      .collect(Collectors.joining(",")),
                  credits(t).album(),
                  genres(t).stream()
                      .map(genre -> '"' + genre + '"')
                      .collect(Collectors.joining(","))));
    }
    return Files.write(file, lines);
  }

  /**
   * Plays in Downbeat's own form in that many files, in no order, each twentieth twice; also to be
   * counted.
   */
  List<Path> plays(Path directory, int files, Recount recount) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int p = 0; p < plays; p++) {
      double popularity = random.nextDouble();
      int t = (int) ((TRACKS + UNKNOWN_TRACKS) * popularity * popularity);
      Instant startedAt = FIRST.plusMillis(random.nextLong(SPAN.toMillis()));
      long playedMillis = random.nextInt(240_000);
      boolean skipped = random.nextInt(3) == 0;
      UUID user = new UUID(9, random.nextInt(300));
      String line =
          "{\"play_id\":\"%s\",\"user_id\":\"%s\",\"track_id\":\"%s\",\"started_at\":\"%s\",\"played_millis\":%d,\"end_reason\":\"%s\"}"
              .formatted(
                  new UUID(random.nextLong(), random.nextLong()),
                  user,
                  track(t),
                  startedAt,
                  playedMillis,
                  skipped ? "skipped" : "completed");
      lines.add(line);
      if (random.nextInt(20) == 0) {
        lines.add(line);
      }
      recount.add(user, track(t), startedAt, playedMillis, skipped, credits(t));
    }
    Collections.shuffle(lines, random);
    List<Path> written = new ArrayList<>();
    for (List<String> part : Parts.of(lines, files)) {
      written.add(Files.write(directory.resolve("invented-" + written.size() + ".ndjson"), part));
    }
    return written;
  }

  private static UUID track(int t) {
    return new UUID(0xD0, t);
  }

  private static Credits credits(int t) {
    if (t >= TRACKS) {
      return new Credits(List.of(), null, List.of());
    }
    List<UUID> artists =
        IntStream.rangeClosed(0, t % 3)
            .mapToObj(a -> new UUID(0xA0, (t + 31L * a) % 211))
            .distinct()
            .toList();
    return new Credits(
        artists, new UUID(0xB0, t / 9), genres(t).stream().map(GenreId::of).distinct().toList());
  }

  private static List<String> genres(int t) {
    return t % 2 == 0 ? List.of("genre " + t % 7) : List.of("genre " + t % 7, "Genre " + t % 5);
  }
}
