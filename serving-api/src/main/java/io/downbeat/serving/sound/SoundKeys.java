package io.downbeat.serving.sound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that sign sounds' URLs: a file each, named by the minute in UTC from which it signs, as
 * in {@code 202601311205}. So a new one is known everywhere before the first URL of it comes, and
 * an old one verifies until its file is gone. Thread-safe.
 */
public final class SoundKeys implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SoundKeys.class);
  private static final Pattern ID = Pattern.compile("[0-9]{12}");
  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuuMMddHHmm");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43,128}");
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final int MOST = 100;

  /** A secret and its name in URLs. */
  record Key(String id, String secret) {}

  private final Path directory;
  private final Clock clock;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "sound-keys");
            thread.setDaemon(true);
            return thread;
          });
  private volatile TreeMap<String, Key> keys = new TreeMap<>();

  private SoundKeys(Path directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Reads them now and every few seconds.
   *
   * @throws IllegalArgumentException naming the file that is no key
   */
  public static SoundKeys follow(Path directory, Clock clock) {
    SoundKeys keys = new SoundKeys(directory, clock);
    keys.look();
    keys.looks.scheduleWithFixedDelay(
        keys::lookAgain, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return keys;
  }

  /** The newest whose time has come; empty if there is none. */
  Optional<Key> signing() {
    Map.Entry<String, Key> newest =
        keys.floorEntry(MINUTE.format(clock.instant().atOffset(ZoneOffset.UTC)));
    return Optional.ofNullable(newest).map(Map.Entry::getValue);
  }

  Optional<Key> find(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  private void lookAgain() {
    try {
      look();
    } catch (RuntimeException e) { // Another one would end all looks.
      LOG.warn("Goes on with {} sound keys: {}", keys.size(), e.getMessage());
    }
  }

  private void look() {
    TreeMap<String, Key> found = new TreeMap<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            directory, file -> ID.matcher(file.getFileName().toString()).matches())) {
      for (Path file : files) {
        String id = file.getFileName().toString();
        try {
          found.put(id, new Key(id, secret(file)));
        } catch (NoSuchFileException e) {
          continue; // It was taken away since it was listed; the others count.
        }
        if (found.size() > MOST) {
          throw new IllegalArgumentException(
              "There are more than %d sound keys in %s".formatted(MOST, directory));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // None so far: nothing can be played, and everything else works.
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot read sound keys in %s: %s".formatted(directory, e.getClass().getSimpleName()), e);
    }
    keys = found;
  }

  private static String secret(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    if (!SECRET.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "Cannot use sound key %s: it is at least 256 random bits in base64url".formatted(file));
    }
    return text;
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
