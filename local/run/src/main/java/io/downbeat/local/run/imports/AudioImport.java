package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.CannotSend;
import io.downbeat.local.run.api.Json;
import io.downbeat.local.run.api.Kind;
import io.downbeat.local.run.sound.CannotEncode;
import io.downbeat.local.run.sound.Probe;
import io.downbeat.local.run.sound.SoundLibrary;
import io.downbeat.local.run.sound.Tags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps the sound of files, several at a time, and sends the catalogue that their tags make in the
 * files' order. What is in the library is not encoded again, so an import that died goes on where
 * it was. Memory is bounded by the files under way. For one run.
 */
final class AudioImport {
  private static final int MOST_UNDER_WAY = 256;
  private static final int MOST_LINES = 1_000 - 4;
  private static final int MOST_BYTES = 512 << 10;
  private static final long LOOK_MILLIS = 100;
  private static final long SEND_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long END_SECONDS = 5;

  private final SoundLibrary library;
  private final ApiClient api;
  private final AudioProgress progress;
  private final ExecutorService encoders;
  private final AudioCatalogue catalogue = new AudioCatalogue();
  private final Deque<UnderWay> underWay = new ArrayDeque<>();
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream();

  /** The file of each line in the batch. */
  private final List<Path> owners = new ArrayList<>();

  private final List<Path> untagged = new ArrayList<>();
  private long lastSent = System.nanoTime();
  private long tracks;
  private long known;
  private long broken;
  private long repeated;
  private long sent;
  private long refused;

  private record UnderWay(AudioFiles.Found file, Future<Read> read) {}

  private sealed interface Read {
    record Whole(AudioCatalogue.Sound sound, boolean isNew) implements Read {}

    record Broken(String reason) implements Read {}
  }

  AudioImport(SoundLibrary library, ApiClient api, AudioProgress progress, int jobs) {
    this.library = library;
    this.api = api;
    this.progress = progress;
    this.encoders =
        Executors.newFixedThreadPool(
            jobs,
            task -> {
              Thread thread = new Thread(task, "import-encoder");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * @throws CannotSend if the API is away
   * @throws IOException if it can't go on, as with a full disk
   */
  void run(AudioFiles files) throws IOException, InterruptedException {
    api.onTrouble(progress::trouble);
    for (AudioFiles.Unreadable one : files.unreadable()) {
      report(one.file(), one.reason());
    }
    try {
      Iterator<AudioFiles.Found> next = files.found().iterator();
      while (next.hasNext() || !underWay.isEmpty()) {
        while (next.hasNext() && underWay.size() < MOST_UNDER_WAY) {
          AudioFiles.Found file = next.next();
          underWay.add(new UnderWay(file, encoders.submit(() -> read(file))));
        }
        settle(underWay.remove());
      }
      send();
    } finally {
      end();
      progress.clear();
    }
  }

  /** Stops what is under way, and takes away what is half made. Called by any thread. */
  void end() throws InterruptedException {
    encoders.shutdownNow();
    encoders.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
  }

  private Read read(AudioFiles.Found found) throws IOException, InterruptedException {
    try {
      Probe probe = library.probe(found.file());
      SoundLibrary.Added added = library.add(found.file(), probe);
      Tags tags = Tags.of(probe, found.within());
      Optional<String> cover =
          tags.album().isEmpty() ? Optional.empty() : library.cover(found.file(), probe);
      long millis = library.durationMillis(added.content());
      progress.done(found.bytes(), added.isNew() ? millis / 1e3 : 0);
      return new Read.Whole(
          new AudioCatalogue.Sound(tags, added.content(), millis, cover), added.isNew());
    } catch (CannotEncode e) {
      progress.broken(found.bytes());
      return new Read.Broken(String.valueOf(e.getMessage()));
    }
  }

  private void settle(UnderWay one) throws IOException, InterruptedException {
    Path file = one.file().file();
    Read read = await(one.read());
    if (read instanceof Read.Broken why) {
      report(file, why.reason());
    } else if (read instanceof Read.Whole whole) {
      List<String> lines = catalogue.lines(whole.sound());
      tracks += lines.isEmpty() ? 0 : 1;
      repeated += lines.isEmpty() ? 1 : 0;
      known += lines.isEmpty() || whole.isNew() ? 0 : 1;
      if (lines.isEmpty()) {
        progress.say(shown(file) + ": left out, the same track came before");
      } else if (whole.sound().tags().fromPath()) {
        untagged.add(file);
      }
      for (String line : lines) {
        batch.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
        owners.add(file);
      }
    }
    if (owners.size() >= MOST_LINES || batch.size() >= MOST_BYTES) {
      send();
    }
  }

  private void report(Path file, String reason) {
    broken++;
    progress.say(shown(file) + ": " + Json.shown(reason));
  }

  private Read await(Future<Read> read) throws IOException, InterruptedException {
    while (true) {
      try {
        return read.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        progress.tick();
        if (System.nanoTime() - lastSent > SEND_NANOS) {
          send();
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException cause) {
          throw cause;
        }
        if (e.getCause() instanceof InterruptedException) {
          throw new InterruptedException("Stopped");
        }
        throw new IllegalStateException("A file could not be read", e.getCause());
      }
    }
  }

  private void send() throws IOException, InterruptedException {
    if (!owners.isEmpty()) {
      ApiClient.Answer answer = api.post(Kind.CATALOG, batch.toByteArray());
      for (ApiClient.Rejection rejection : answer.rejected()) {
        if (rejection.index() < 0 || rejection.index() >= owners.size()) {
          throw new CannotImport(
              "Stopped: the API rejects line %d of %d".formatted(rejection.index(), owners.size()));
        }
        refused++;
        progress.say(
            "%s: refused, %s %s"
                .formatted(
                    shown(owners.get(rejection.index())), rejection.field(), rejection.reason()));
      }
      sent += owners.size();
      owners.clear();
      batch.reset();
    }
    lastSent = System.nanoTime();
  }

  /** Files whose title, artist or album is taken from their path. */
  List<Path> untagged() {
    return untagged;
  }

  /** What became of the files. */
  String summary() {
    return String.format(
        Locale.ROOT,
        "%,d tracks (%,d with sound that was there), %,d left out as repeated, %,d broken; "
            + "%,d lines of the catalogue sent, %,d refused",
        tracks,
        known,
        repeated,
        broken,
        sent,
        refused);
  }

  static String shown(Path file) {
    return Json.shown(file.toString());
  }
}
