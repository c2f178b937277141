package io.downbeat.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.ingest.Client.Answer;
import io.downbeat.local.servers.Kafka;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The broker dies by kill -9 and comes back, while Cassandra is away all the time: nothing
 * acknowledged is lost, nobody waits for ever.
 */
final class BrokerDiesIT {

  @RegisterExtension
  static final Servers SERVERS =
      Servers.own(Path.of("target", "broker-dies-it", UUID.randomUUID().toString()));

  /** The log's time-out and what a busy machine adds. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(15);

  @Test
  void everyAcknowledgedPlayIsKeptAndEveryAnswerIsBounded() throws Exception {
    Kafka kafka = SERVERS.kafka();
    Fresh fresh = SERVERS.fresh().createTopics();
    ChildJvm broker = SERVERS.process(kafka);
    IngestConfig config = Settings.on(fresh, Map.of());
    Set<UUID> acknowledged = ConcurrentHashMap.newKeySet();
    AtomicInteger unavailable = new AtomicInteger();
    List<Duration> took = new CopyOnWriteArrayList<>();
    AtomicInteger rounds = new AtomicInteger();
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (IngestApi api = IngestApi.start(config, BrokerDiesIT::unusable)) {
      Client client = new Client(api.port());
      until("ready", () -> canWrite(client));

      AtomicBoolean stop = new AtomicBoolean();
      Callable<Void> caller =
          () -> {
            while (!stop.get()) {
              List<UUID> ids = new ArrayList<>();
              List<String> plays = new ArrayList<>();
              for (int i = 0; i < 50; i++) {
                ids.add(UUID.randomUUID());
                plays.add(Client.play(ids.get(i)));
              }
              String body = "[" + String.join(",", plays) + "]";
              int status = 0;
              while (status != 202) {
                long started = System.nanoTime();
                Answer answer = client.plays(body);
                took.add(Duration.ofNanos(System.nanoTime() - started));
                status = answer.status();
                if (status == 503) {
                  assertThat(answer.header("Retry-After")).isNotEmpty();
                  unavailable.incrementAndGet();
                } else if (status != 202) {
                  throw new AssertionError(answer.body());
                }
                if (status != 202 && stop.get()) {
                  return null;
                }
              }
              acknowledged.addAll(ids);
              rounds.incrementAndGet();
            }
            return null;
          };
      List<Future<Void>> load = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        load.add(callers.submit(caller));
      }
      try {
        until("under load", () -> rounds.get() >= 40);
        broker.kill();
        until("unready", () -> !canWrite(client));
        assertThat(client.get("/readyz").body()).contains("the broker does not answer");
        assertThat(client.get("/healthz").statusCode()).isEqualTo(200);
        until("answered 503", () -> unavailable.get() >= 4);

        broker.start();
        broker.awaitReady();
        until("ready again", () -> canWrite(client));
        int before = rounds.get();
        until("written again", () -> rounds.get() >= before + 40);
      } finally {
        stop.set(true);
      }
      for (Future<Void> one : load) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      callers.shutdownNow();
    }

    assertThat(took).allSatisfy(one -> assertThat(one).isLessThan(ANSWERED_WITHIN));
    Set<UUID> kept = new HashSet<>();
    new LogReader<>(
            fresh.bootstrapServers(),
            fresh.registryUrl().toString(),
            Topics.PLAYS.withPrefix(fresh.topicPrefix()))
        .each(entry -> kept.add(entry.value().getPlayId()));
    assertThat(kept).containsAll(acknowledged);
  }

  @Test
  void anImportThatTheBrokerLeavesIsToldWhatIsInTheLog() throws Exception {
    Kafka kafka = SERVERS.kafka();
    Fresh fresh = SERVERS.fresh().createTopics();
    ChildJvm broker = SERVERS.process(kafka);
    IngestConfig config = Settings.on(fresh, Map.of());
    try (IngestApi api = IngestApi.start(config, BrokerDiesIT::unusable)) {
      Client client = new Client(api.port());
      until("ready", () -> canWrite(client));
      long started = System.nanoTime();
      Answer answer =
          client.catalog(
              new TrackLines(
                  200_000,
                  written -> {
                    if (written == 50_000) {
                      broker.kill();
                    }
                  }));
      Duration took = Duration.ofNanos(System.nanoTime() - started);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isNotEmpty();
      long acknowledged = answer.body().get("accepted").asLong();
      assertThat(acknowledged).isBetween(1L, 60_000L);
      assertThat(took).isLessThan(Duration.ofSeconds(40));

      broker.start();
      broker.awaitReady();
      until("ready again", () -> canWrite(client));
      Set<UUID> kept = new HashSet<>();
      new LogReader<>(
              fresh.bootstrapServers(),
              fresh.registryUrl().toString(),
              Topics.TRACKS.withPrefix(fresh.topicPrefix()))
          .each(entry -> kept.add(entry.key()));
      assertThat(kept).hasSizeGreaterThanOrEqualTo((int) acknowledged);
      assertThat(
              client.catalog(new TrackLines(1_000, written -> {})).body().get("accepted").asInt())
          .isEqualTo(1_000);
    }
  }

  @Test
  void itStartsWhileTheBrokerIsAwayAndSaysSo() throws Exception {
    Kafka kafka = SERVERS.kafka();
    Fresh fresh = SERVERS.fresh().createTopics();
    ChildJvm broker = SERVERS.process(kafka);
    IngestConfig config = Settings.on(fresh, Map.of());
    broker.kill();
    try (IngestApi api = IngestApi.start(config, BrokerDiesIT::unusable)) {
      Client client = new Client(api.port());
      assertThat(status(client, "/readyz")).isEqualTo(503);
      long started = System.nanoTime();
      assertThat(client.plays(Client.play(UUID.randomUUID())).status()).isEqualTo(503);
      assertThat(client.catalog(new TrackLines(10, written -> {})).status()).isEqualTo(503);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));

      broker.start();
      broker.awaitReady();
      until("ready", () -> canWrite(client));
      assertThat(client.plays(Client.play(UUID.randomUUID())).status()).isEqualTo(202);
    }
  }

  private static void unusable(Exception e) {
    throw new AssertionError(e);
  }

  /** Plays need the log, and not Cassandra, which is away here. */
  private static boolean canWrite(Client client) {
    try {
      return client.get("/readyz").body().contains("\"kafka\":{\"ready\":true}");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static int status(Client client, String path) {
    try {
      return client.get(path).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not %s in 90 s", what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
