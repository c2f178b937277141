package io.downbeat.local.run.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.Json;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.simulate.DemoFile.Pending;
import io.downbeat.local.run.supervise.Child;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The demo as a part of the platform, in a thread of the supervisor: a catalogue, four weeks of
 * listening up to now, then plays as long as it runs. It is ready when the history is counted. A
 * later start of the same data adds what was listened to in between; one after a crash sends again
 * what was on its way, under the same ids.
 */
public final class Demo implements Child {
  private static final long SEED = 1;
  private static final Duration HISTORY = Duration.ofDays(28);
  private static final int IN_FLIGHT = 4;

  /** How many that always listen it takes for one play a second: how long they hear a track. */
  static final double LISTENERS_A_PLAY = 235;

  private static final Duration CROWD_LISTENS_BEFORE = Duration.ofHours(1);
  private static final Duration TRAINED_AGAIN_AFTER = Duration.ofDays(1);
  private static final long LIVE_MILLIS = 500;
  private static final long LOOK_MILLIS = 250;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /**
   * What a user chooses.
   *
   * @param listeners of the history; those of a demo that is already there stay
   * @param rate plays a second while it runs; 0 for none
   */
  public record Settings(int listeners, double rate) {
    public Settings {
      if (listeners < 1 || listeners > 20_000 || !(rate >= 0 && rate <= 100)) {
        throw new IllegalArgumentException(
            "Cannot run a demo of %d listeners with %s plays a second: it takes 1 to 20000 listeners and 0 to 100 plays a second"
                .formatted(listeners, rate));
      }
    }
  }

  /** A part of the way to a demo that is ready. */
  @FunctionalInterface
  public interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** What is heard when a track is played. */
  @FunctionalInterface
  public interface Music {
    /**
     * The content of the sound of a piece, which is made if need be.
     *
     * @param number of the genre's pieces, from 0
     */
    String piece(Genre genre, int number) throws IOException, InterruptedException;
  }

  private final Home home;
  private final URI origin;
  private final Settings settings;
  private final Lake lake;
  private final Step commit;
  private final Step training;
  private final Music music;
  private final Clock clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private volatile Consumer<String> doing = text -> {};
  private @Nullable Run run;
  private boolean stopped;

  /**
   * @param lake the address of the lake's catalog
   * @param commit brings what is counted into the lake soon
   * @param training makes recommendations from the history
   */
  public Demo(
      Home home,
      URI origin,
      URI lake,
      Settings settings,
      Step commit,
      Step training,
      Music music,
      Clock clock) {
    this.home = home;
    this.origin = origin;
    this.settings = settings;
    this.lake = new Lake(lake);
    this.commit = commit;
    this.training = training;
    this.music = music;
    this.clock = clock;
  }

  @Override
  public void reportTo(Consumer<String> listener) {
    doing = listener;
  }

  @Override
  public synchronized void start() {
    if (stopped) {
      throw new IllegalStateException("Cannot start the demo: it was stopped for good");
    }
    run = new Run();
  }

  @Override
  public void awaitReady() throws InterruptedException {
    Run now = run();
    now.ready.await();
    if (now.failure != null) {
      throw new IllegalStateException(now.failure);
    }
  }

  @Override
  public String awaitEnd() throws InterruptedException {
    Run now = run();
    now.thread.join();
    return String.valueOf(now.failure);
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.empty();
  }

  @Override
  public void stop() {
    Run now;
    synchronized (this) {
      stopped = true;
      now = run;
    }
    if (now != null) {
      now.thread.interrupt();
      boolean interrupted = false;
      while (now.thread.isAlive()) {
        try {
          now.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized Run run() {
    if (run == null) {
      throw new IllegalStateException("Cannot wait for a demo that was never started");
    }
    return run;
  }

  /** From one start to its end. */
  private final class Run {
    private final Thread thread = new Thread(this::run, "demo");
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile @Nullable String failure;

    Run() {
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      Soundtrack soundtrack = null;
      try {
        ApiClient api = ApiClient.of(origin, home.serviceKey(), PATIENCE);
        History history = new History(api);
        history.sendCatalogue();
        soundtrack =
            new Soundtrack(
                history.simulation.catalogue(),
                api,
                music,
                home.data().resolve("demo-sounds"),
                this::tellOfMusic);
        soundtrack.start();
        for (Step step : history.steps()) {
          step.run();
        }
        Instant now = clock.instant();
        Simulation crowd = crowd(history.simulation, now);
        show(ShownListeners.of(history.simulation, crowd), api, history.file.password());
        ready.countDown();
        listen(api, crowd, now);
        failure = "has nobody left who listens";
      } catch (InterruptedException e) {
        failure = "was stopped";
      } catch (IOException | RuntimeException e) {
        String message = e.getMessage();
        failure = message == null ? e.toString() : message;
      } finally {
        ready.countDown();
        if (soundtrack != null) {
          soundtrack.stop();
        }
      }
    }

    /** Once nothing else is told. */
    private void tellOfMusic(String trouble) {
      try {
        ready.await();
        doing.accept("has no sound: " + trouble);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void show(ShownListeners shown, ApiClient api, String password)
      throws IOException, InterruptedException {
    doing.accept("signs its listeners up");
    for (Listener listener : shown.all()) {
      DemoAccounts.open(api, listener, password);
    }
    shown.write(home, password);
    doing.accept("");
  }

  /** What is done before the demo is ready. */
  private final class History {
    private final ApiClient api;
    private DemoFile file;
    private final Pending pending;
    private final Simulation simulation;
    private long fresh;

    /** Of each track, by its index. */
    private final int[] heard;

    History(ApiClient api) throws IOException, InterruptedException {
      this.api = api;
      Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
      DemoFile kept =
          DemoFile.read(home)
              .orElse(
                  DemoFile.begun(
                      SEED, settings.listeners(), now.truncatedTo(ChronoUnit.DAYS).minus(HISTORY)));
      Pending left = kept.pending();
      pending = left != null ? left : new Pending(now, counted());
      file = kept.begin(pending.until(), pending.before());
      file.write(home);
      simulation = file.simulation();
      heard = new int[simulation.catalogue().size()];
    }

    /** After the catalogue, in this order; a step that is done again changes nothing. */
    List<Step> steps() {
      return List.of(this::sendPlays, this::awaitCounted, this::train);
    }

    private void sendCatalogue() throws IOException, InterruptedException {
      if (file.counted() != null) {
        return;
      }
      doing.accept("sends the catalogue");
      simulation.catalogue().send(api);
    }

    private void sendPlays() throws IOException, InterruptedException {
      Instant from = file.counted() == null ? file.start() : file.counted();
      long begin = System.nanoTime();
      long said = begin;
      try (Sender sender = new Sender(api, IN_FLIGHT, nanos -> {})) {
        List<Play> batch = new ArrayList<>(Sender.MOST_PLAYS);
        Iterator<Upload> uploads = simulation.plays(file.start(), pending.until()).iterator();
        while (uploads.hasNext()) {
          Upload upload = uploads.next();
          if (!upload.again()) {
            heard[upload.play().track().index()]++;
          }
          if (upload.arrivesAt().isBefore(from)) {
            continue;
          }
          fresh += upload.again() ? 0 : 1;
          batch.add(upload.play());
          if (batch.size() == Sender.MOST_PLAYS) {
            sender.send(batch);
            batch.clear();
            long now = System.nanoTime();
            if (now - said > TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)) {
              said = now;
              double done = part(from, upload.arrivesAt(), pending.until());
              doing.accept(progress("sends plays", sender.acknowledged(), done, now - begin));
            }
          }
        }
        sender.send(batch);
        sender.await();
        if (sender.refused() > 0) {
          throw new IllegalStateException(
              "Cannot send the demo's plays: the API refused " + sender.refused());
        }
      }
    }

    private void awaitCounted() throws IOException, InterruptedException {
      long wanted = pending.before() + fresh;
      long first = counted();
      long begin = System.nanoTime();
      long last = first;
      long moved = begin;
      for (long seen = first; seen < wanted; seen = counted()) {
        long now = System.nanoTime();
        if (seen != last) {
          last = seen;
          moved = now;
        } else if (now - moved > PATIENCE.toNanos()) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "Cannot see all plays counted: for %d s the count has stood at %,d of %,d",
                  PATIENCE.toSeconds(),
                  seen,
                  wanted));
        }
        double done = (double) (seen - first) / (wanted - first);
        doing.accept(progress("counts plays", seen - pending.before(), done, now - begin));
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      int top = 0;
      for (int t = 0; t < heard.length; t++) {
        top = heard[t] > heard[top] ? t : top;
      }
      file = file.done(pending.until(), simulation.catalogue().track(top).id());
      file.write(home);
      doing.accept("");
    }

    /** The lake is as fresh as its last commit: what was counted last comes a little later. */
    private void train() throws IOException, InterruptedException {
      Instant trained = file.trained();
      if (trained != null && trained.isAfter(pending.until().minus(TRAINED_AGAIN_AFTER))) {
        return;
      }
      doing.accept("waits for the lake's next commit");
      long counted = counted();
      commit.run();
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (lake.plays() < counted) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "Cannot see all plays in the lake: %,d of %,d".formatted(lake.plays(), counted));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      doing.accept("trains recommendations; ./downbeat logs batch-jobs says more");
      training.run();
      file = file.trained(pending.until());
      file.write(home);
      doing.accept("");
    }
  }

  private Simulation crowd(Simulation simulation, Instant now) {
    int listeners = (int) Math.ceil(settings.rate() * LISTENERS_A_PLAY);
    return simulation.crowd(Math.max(1, listeners), now.minus(CROWD_LISTENS_BEFORE));
  }

  /** Plays as they happen, until it is interrupted. */
  private void listen(ApiClient api, Simulation crowd, Instant now)
      throws IOException, InterruptedException {
    if (settings.rate() == 0) {
      new CountDownLatch(1).await();
    }
    Iterator<Upload> uploads = crowd.plays(now, null).iterator();
    Upload next = uploads.next();
    try (Sender sender = new Sender(api, 1, nanos -> {})) {
      while (true) {
        Instant until = clock.instant();
        List<Play> due = new ArrayList<>();
        while (!next.arrivesAt().isAfter(until) && due.size() < Sender.MOST_PLAYS) {
          due.add(next.play());
          next = uploads.next();
        }
        sender.send(due);
        TimeUnit.MILLISECONDS.sleep(LIVE_MILLIS);
      }
    }
  }

  /** All plays that are counted, whoever posted them. */
  private long counted() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(origin + "/v1/counts/everything"))
            .timeout(ANSWER)
            .build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String problem;
      try {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        JsonNode plays = Json.MAPPER.readTree(response.body()).path("totals").path("plays");
        if (response.statusCode() == 200 && plays.canConvertToLong()) {
          return plays.asLong();
        }
        problem = "HTTP " + response.statusCode();
      } catch (IOException e) {
        problem = e.toString();
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("Cannot read %s: %s".formatted(request.uri(), problem));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private static double part(Instant from, Instant at, Instant until) {
    double whole = Math.max(1, Duration.between(from, until).toMillis());
    return Duration.between(from, at).toMillis() / whole;
  }

  private static String progress(String what, long plays, double done, long nanos) {
    double seconds = nanos / 1e9;
    String text =
        String.format(
            Locale.ROOT, "%s: %,d, %.0f %%, %,.0f/s", what, plays, 100 * done, plays / seconds);
    return done <= 0
        ? text
        : text + String.format(Locale.ROOT, ", %d s left", Math.round(seconds / done * (1 - done)));
  }
}
