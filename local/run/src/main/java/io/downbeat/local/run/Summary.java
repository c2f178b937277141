package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Platform;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.run.platform.Snapshot;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** What a user sees when everything is ready: where it is, what it takes, what to try. */
final class Summary {
  private Summary() {}

  static void print(
      PrintWriter out,
      Home home,
      RunConfig config,
      Snapshot snapshot,
      long supervisor,
      Instant begin) {
    Instant now = Instant.now();
    String span = Words.span(Duration.between(begin, now));
    Report report = Report.of(snapshot, supervisor, begin, now, Platform.addresses(config));
    if (!snapshot.allReady()) {
      out.printf("%nReady after %s, but for what needs your help.%n%n", span);
      report.print(out);
      out.println();
      return;
    }
    out.printf("%nReady after %s.%n%n", span);
    report.print(out);
    out.println();
    out.println(
        "Try it: post a play; within two seconds its track's count and the count of everything by day have it.");
    out.println();
    UUID track = UUID.randomUUID();
    out.printf(
        "curl -sS -H \"Authorization: Bearer $(cat '%s')\" -H 'Content-Type: application/json' -d '%s' %s/v1/plays%n",
        home.serviceKey(), play(track, now), config.api());
    out.printf("curl -sS %s/v1/counts/tracks/%s%n", config.api(), track);
    out.printf("curl -sS '%s/v1/counts/everything?granularity=day'%n", config.api());
    out.println();
  }

  /** A new play each time; pasted twice, it still counts once. */
  private static String play(UUID track, Instant now) {
    return "{\"play_id\":\"%s\",\"user_id\":\"%s\",\"track_id\":\"%s\",\"started_at\":\"%s\",\"played_millis\":184000}"
        .formatted(
            UUID.randomUUID(), UUID.randomUUID(), track, now.truncatedTo(ChronoUnit.SECONDS));
  }
}
