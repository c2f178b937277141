package io.downbeat.serving;

import static io.downbeat.serving.catalog.Examples.artist;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.serving.catalog.CatalogWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are away at the start, and die later. */
final class OutagesIT {
  @RegisterExtension
  static final Servers SERVERS = Servers.own(Path.of("target", "outage-servers"));

  private static final Duration LIMIT = Duration.ofSeconds(120);

  /** Twice the time-out of a query, and some time on a busy machine. */
  private static final Duration BOUND = Duration.ofSeconds(8);

  private Http http;

  @Test
  void whatIsAwayIsToldAndFoundAgain(@TempDir(factory = InTarget.class) Path stateDir)
      throws Exception {
    Fresh fresh = SERVERS.fresh().createTopics().createTables();
    ServingConfig config = Apps.config(fresh, stateDir); // Asking for an address starts its server.
    UUID early = UUID.randomUUID();
    UUID late = UUID.randomUUID();
    ChildJvm kafka = SERVERS.process(SERVERS.kafka());
    ChildJvm cassandra = SERVERS.process(SERVERS.cassandra());
    try (CatalogWriter catalog =
        new CatalogWriter(fresh.bootstrapServers(), fresh.registryUrl(), fresh.topicPrefix())) {
      catalog.put(artist(early, "Early"));
      kafka.kill();
      cassandra.kill();

      try (ServingApi api = ServingApi.start(config)) {
        http = new Http(api.port());
        assertThat(http.get("/healthz").status()).isEqualTo(200);
        assertThat(http.get("/readyz").status()).isEqualTo(503);
        assertUnavailable("/v1/artists/" + early);
        assertUnavailable("/v1/counts/everything");

        restart(cassandra);
        await("/v1/counts/everything", 200);
        assertThat(http.get("/readyz").status()).isEqualTo(503);
        restart(kafka);
        await("/v1/artists/" + early, 200);
        await("/readyz", 200);

        cassandra.kill();
        assertUnavailable("/v1/counts/everything");
        assertThat(http.get("/v1/artists/" + early).status()).isEqualTo(200);
        await("/readyz", 503);
        restart(cassandra);
        await("/v1/counts/everything?granularity=hour", 200);
        await("/readyz", 200);

        kafka.kill();
        await("/readyz", 503);
        assertThat(http.get("/v1/artists/" + early).status()).isEqualTo(200);
        restart(kafka);
        await("/readyz", 200);
        catalog.put(artist(late, "Late"));
        await("/v1/artists/" + late, 200);
      }
    }
  }

  private void assertUnavailable(String path) {
    long start = System.nanoTime();
    Http.Answer answer = http.get(path);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    assertThat(answer.status()).as(answer.text()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isEqualTo("2");
  }

  private void await(String path, int status) {
    Eventually.within(
        LIMIT, () -> http.get(path).status() == status, () -> http.get("/readyz").text());
  }

  private static void restart(ChildJvm server) throws InterruptedException {
    server.start();
    server.awaitReady();
  }
}
