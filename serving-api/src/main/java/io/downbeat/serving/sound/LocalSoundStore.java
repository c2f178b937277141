package io.downbeat.serving.sound;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A directory. What is sent goes from the page cache to the socket; of files a bounded number is
 * held open, and what is kept of them here is small.
 */
public final class LocalSoundStore implements SoundStore {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_FILES = 2_048;
  private static final long MOST_SOUND_BYTES = 16 << 20;
  private static final int MOST_BEGIN_BYTES = 64 << 10;
  private static final int MOST_PLAYLIST_CHARS = 16 << 10;
  private static final Map<String, String> TYPES =
      Map.of(
          "mp4", "audio/mp4",
          "m3u8", "application/vnd.apple.mpegurl",
          "mpd", "application/dash+xml",
          "jpg", "image/jpeg");

  private final Path directory;
  private final Cache<String, StoredFile> opened =
      Caffeine.newBuilder()
          .maximumSize(MOST_FILES)
          .executor(Runnable::run)
          .removalListener(LocalSoundStore::close)
          .build();
  private final Cache<String, Sound> sounds =
      Caffeine.newBuilder()
          .maximumWeight(MOST_SOUND_BYTES)
          .weigher((String content, Sound sound) -> sound.weight())
          .executor(Runnable::run)
          .build();

  /**
   * @param directory need not be there yet
   */
  public LocalSoundStore(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<Sound> sound(String content) throws IOException {
    try {
      return Optional.ofNullable(sounds.get(content, this::read));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public Optional<StoredFile> file(String path) throws IOException {
    StoredFile known = opened.getIfPresent(path);
    if (known != null) {
      return Optional.of(known);
    }
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null) {
      return Optional.empty();
    }
    try {
      StoredFile file =
          MappedFile.open(directory.resolve(path), type, '"' + path.replace('/', '-') + '"');
      opened.put(path, file);
      return Optional.of(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void close(@Nullable String path, @Nullable StoredFile file, RemovalCause cause) {
    try {
      Objects.requireNonNull(file).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable Sound read(String content) {
    Path folder = directory.resolve(content);
    try {
      JsonNode json = JSON.readTree(folder.resolve("sound.json").toFile());
      Map<Integer, String> masters = new HashMap<>();
      for (Iterator<String> names = json.path("qualities").fieldNames(); names.hasNext(); ) {
        String quality = names.next();
        masters.put(Integer.valueOf(quality), Files.readString(folder.resolve(quality + ".m3u8")));
      }
      String playlist = Files.readString(folder.resolve(Sound.LOWEST + "/index.m3u8"));
      int end = json.path("qualities").path("" + Sound.LOWEST).path("first_end").asInt();
      return new Sound(
          json.path("duration_millis").asLong(),
          json.path("sample_rate").asInt(),
          json.path("priming").asInt(),
          json.path("samples").asLong(),
          json.has("lufs") ? json.path("lufs").asDouble() : null,
          json.has("peak_dbfs") ? json.path("peak_dbfs").asDouble() : null,
          Map.copyOf(masters),
          playlist.length() <= MOST_PLAYLIST_CHARS ? playlist : null,
          begin(folder.resolve(Sound.LOWEST + "/sound.mp4"), end <= MOST_BEGIN_BYTES ? end : 0));
    } catch (NoSuchFileException | java.io.FileNotFoundException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String begin(Path file, int bytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Base64.getEncoder().encodeToString(in.readNBytes(bytes));
    }
  }
}
