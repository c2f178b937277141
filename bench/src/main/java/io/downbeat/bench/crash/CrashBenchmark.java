package io.downbeat.bench.crash;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.bench.Result;
import io.downbeat.bench.crash.Outcome.Recovery;
import io.downbeat.bench.machine.OwnPlatform;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Whether every acknowledged play is counted once and only once, whatever breaks meanwhile.
 * Listeners play on and retry until they know; servers are killed, paused, cut off and filled up,
 * and nobody but the platform's own supervisor mends anything; a reader watches that nothing ever
 * goes back. The yardstick is the clients' own ledger, compared play by play with the lake and
 * measure by measure with what the API answers.
 */
@Command(
    name = "crash",
    mixinStandardHelpOptions = true,
    description =
        "Kills, pauses, cuts off and fills up servers under load, then recounts everything.")
public final class CrashBenchmark implements Callable<Integer> {
  private static final Duration BACK_WITHIN = Duration.ofMinutes(5);
  private static final Duration SETTLED_WITHIN = Duration.ofMinutes(4);

  /** In which a play that is counted or committed twice would show: more than a checkpoint. */
  private static final Duration CALM = Duration.ofSeconds(12);

  private static final long LOOK_MILLIS = 100;
  private static final int LONGEST_WAIT_MILLIS = 5_000;
  private static final double NOT_WAITED_FOR = 0.15;

  @Option(
      names = "--downbeat",
      required = true,
      description = "The launcher of the checkout to run.")
  private Path downbeat = Path.of("downbeat");

  @Option(names = "--quick", description = "One kill of each instead of twenty.")
  private boolean quick;

  @Option(names = "--kills", description = "Kills of each server and app.")
  private @Nullable Integer kills;

  @Option(names = "--rate", description = "Plays per second: ${DEFAULT-VALUE}.")
  private int rate = 100;

  @Option(names = "--seed", description = "Of the order and the moments of the faults.")
  private long seed = ThreadLocalRandom.current().nextInt(1_000_000);

  @Option(names = "--faults", split = ",", description = "Which: ${COMPLETION-CANDIDATES}.")
  private Set<Plan.Kind> kinds = EnumSet.allOf(Plan.Kind.class);

  private final Ledger ledger = new Ledger();
  private final AtomicInteger latestFault = new AtomicInteger(-1);
  private final ExecutorService probing = Executors.newCachedThreadPool();

  @Override
  public Integer call() throws Exception {
    OwnPlatform platform = new OwnPlatform(downbeat);
    Result result;
    try {
      result = measure(platform);
    } catch (IOException | RuntimeException e) {
      System.out.println("Cannot go on: " + e.getMessage());
      System.out.println(platform.log());
      result = new Result("crash", Map.of("aborted", 1), Map.of("aborted", 0));
    } finally {
      probing.shutdownNow();
      platform.close();
    }
    if (result.met()) {
      platform.deleteData();
    } else {
      System.out.println("Data and logs are left in " + platform.directory());
    }
    System.out.println(result.json());
    return result.met() ? 0 : 1;
  }

  private Result measure(OwnPlatform platform) throws IOException, InterruptedException {
    int killsOfEach = kills != null ? kills : quick ? 1 : 20;
    Random random = new Random(seed);
    if (kinds.contains(Plan.Kind.full_disk)) {
      String obstacle = platform.useSmallDisks();
      if (!obstacle.isEmpty()) {
        System.out.println("Full disks are left out, no disk can be mounted here: " + obstacle);
        kinds.remove(Plan.Kind.full_disk);
      }
    }
    List<Fault> faults = Plan.of(killsOfEach, kinds, random);
    System.out.printf(
        "%d faults, %d plays a second, seed %d, in %s%n",
        faults.size(), rate, seed, platform.directory());
    Instant begin = Instant.now();
    platform.up();
    say(begin, "The platform is up");

    try (Relay relay = new Relay(platform.apiPort())) {
      Api api =
          new Api(URI.create("http://127.0.0.1:" + relay.port()), platform.serviceKey(), ledger);
      Api readers =
          new Api(
              URI.create("http://127.0.0.1:" + platform.apiPort()), platform.serviceKey(), ledger);
      Listeners listeners = new Listeners(api, rate, latestFault::get, random);
      api.deliverCatalog(listeners.catalog());
      Watch watch = new Watch(readers::get, listeners.tracks());
      watch.start();
      listeners.start(random);

      List<Outcome> outcomes = new ArrayList<>();
      for (Fault fault : faults) {
        listeners.requireUndisturbed();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_WAIT_MILLIS));
        boolean waitedFor = killsOfEach == 1 || random.nextDouble() >= NOT_WAITED_FOR;
        Outcome outcome = suffer(fault, waitedFor, platform, relay, api, readers);
        outcomes.add(outcome);
        say(begin, outcome.describe());
      }

      listeners.stop();
      say(begin, "All is acknowledged: " + ledger.acknowledged() + " plays");
      LakePlays lake = new LakePlays(platform.lakeCatalog());
      settle(lake, readers);
      watch.stop();
      Account account = Account.of(ledger, lake.rowsByPlay(), readers::get, artists(listeners));
      say(begin, "Recounted");
      return Report.of(
          outcomes, ledger, account, plays(readers, "everything"), watch, api, readers);
    }
  }

  private Outcome suffer(
      Fault fault, boolean waitedFor, OwnPlatform platform, Relay relay, Api api, Api readers)
      throws IOException, InterruptedException {
    long notAckedBefore = api.notAcknowledged();
    if (fault instanceof Fault.Kill kill) {
      long pid = platform.pidOfReady(kill.part(), BACK_WITHIN);
      latestFault.incrementAndGet();
      platform.kill(pid);
    } else if (fault instanceof Fault.Pause pause) {
      long pid = platform.pidOfReady(pause.part(), BACK_WITHIN);
      latestFault.incrementAndGet();
      platform.signal("STOP", pid);
      try {
        TimeUnit.MILLISECONDS.sleep(pause.length().toMillis());
      } finally {
        platform.signal("CONT", pid);
      }
    } else if (fault instanceof Fault.Cut cut) {
      latestFault.incrementAndGet();
      relay.cut(true);
      TimeUnit.MILLISECONDS.sleep(cut.length().toMillis());
      relay.cut(false);
    } else if (fault instanceof Fault.FullDisk full) {
      platform.pidOfReady(full.part(), BACK_WITHIN);
      latestFault.incrementAndGet();
      platform.fill(full.part(), full.length());
    }
    long end = System.nanoTime();
    Optional<Recovery> recovery =
        waitedFor ? Optional.of(recover(fault, end, api, readers)) : Optional.empty();
    return new Outcome(fault, recovery, api.notAcknowledged() - notAckedBefore);
  }

  /** Follows a play of a track of its own until it is acknowledged, and until it is counted. */
  private Recovery recover(Fault fault, long since, Api api, Api readers)
      throws IOException, InterruptedException {
    SentPlay play =
        new SentPlay(
            UUID.randomUUID(),
            new UUID(0, 1),
            null,
            null,
            UUID.randomUUID(),
            Instant.now(),
            180_000,
            false,
            latestFault.get());
    Future<Recovery> recovery =
        probing.submit(
            () -> {
              api.deliver(List.of(play));
              long acked = System.nanoTime();
              while (plays(readers, "tracks/" + play.trackId()) < 1) {
                Thread.sleep(LOOK_MILLIS);
              }
              return new Recovery(acked - since, System.nanoTime() - since);
            });
    try {
      return recovery.get(BACK_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "Nothing is counted %s after the end of %s".formatted(BACK_WITHIN, fault.label()), e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  /** Until as many plays as were acknowledged are counted and in the lake, and a little longer. */
  private void settle(LakePlays lake, Api readers) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
    while (System.nanoTime() < deadline
        && (plays(readers, "everything") < ledger.acknowledged()
            || lake.rows() < ledger.acknowledged())) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS * 5);
    }
    TimeUnit.MILLISECONDS.sleep(CALM.toMillis());
  }

  private static long plays(Api readers, String thing) throws InterruptedException {
    return readers
        .get("/v1/counts/" + thing)
        .map(answer -> answer.path("totals").path("plays"))
        .map(JsonNode::asLong)
        .orElse(0L);
  }

  private static java.util.function.Function<UUID, Optional<UUID>> artists(Listeners listeners) {
    Map<UUID, UUID> byTrack = new LinkedHashMap<>();
    listeners.tracks().forEach(track -> byTrack.put(track, listeners.artistOf(track)));
    return track -> Optional.ofNullable(byTrack.get(track));
  }

  private static void say(Instant begin, String what) {
    System.out.printf("%5d s  %s%n", Duration.between(begin, Instant.now()).toSeconds(), what);
  }
}
