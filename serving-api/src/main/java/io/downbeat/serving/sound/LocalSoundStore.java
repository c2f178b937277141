package io.downbeat.serving.sound;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.http.content.FileMappingHttpContentFactory;
import org.eclipse.jetty.http.content.HttpContent;
import org.eclipse.jetty.http.content.ResourceHttpContentFactory;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.jspecify.annotations.Nullable;

/**
 * A directory. Files are mapped into memory, so that what is sent goes from the page cache to the
 * socket; what is kept of them here is small and bounded.
 */
public final class LocalSoundStore implements SoundStore {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_FILES = 8_192;
  private static final long MOST_SOUND_BYTES = 16 << 20;
  private static final int MOST_BEGIN_BYTES = 64 << 10;
  private static final int MOST_PLAYLIST_CHARS = 16 << 10;
  private static final int SMALLEST_MAPPED = 8 << 10;
  private static final int WINDOW = 256 << 20;
  private static final Map<String, String> TYPES =
      Map.of(
          "mp4", "audio/mp4",
          "m3u8", "application/vnd.apple.mpegurl",
          "mpd", "application/dash+xml",
          "jpg", "image/jpeg");

  private final Path directory;
  private final AtomicReference<HttpContent.@Nullable Factory> files = new AtomicReference<>();
  private final Cache<String, HttpContent> opened =
      Caffeine.newBuilder().maximumSize(MOST_FILES).executor(Runnable::run).build();
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
  public Optional<HttpContent> file(String path) throws IOException {
    HttpContent known = opened.getIfPresent(path);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<HttpContent> found = open(path);
    found.ifPresent(file -> opened.put(path, file));
    return found;
  }

  private Optional<HttpContent> open(String path) throws IOException {
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    HttpContent.Factory factory = files();
    if (type == null || factory == null || !Files.isRegularFile(directory.resolve(path))) {
      return Optional.empty();
    }
    HttpContent content = factory.getContent(path);
    return content == null
        ? Optional.empty()
        : Optional.of(new Unchanging(content, type, '"' + path.replace('/', '-') + '"'));
  }

  /** Null while there is no directory. */
  private HttpContent.@Nullable Factory files() {
    HttpContent.Factory known = files.get();
    if (known != null || !Files.isDirectory(directory)) {
      return known;
    }
    Resource base = ResourceFactory.root().newResource(directory);
    files.compareAndSet(
        null,
        new FileMappingHttpContentFactory(
            new ResourceHttpContentFactory(
                base, MimeTypes.DEFAULTS, ByteBufferPool.SIZED_NON_POOLING),
            SMALLEST_MAPPED,
            WINDOW));
    return files.get();
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

  /** With the fields of its head made once. */
  private static final class Unchanging extends HttpContent.Wrapper {
    private final HttpField type;
    private final HttpField tag;

    Unchanging(HttpContent content, String type, String tag) {
      super(content);
      this.type = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, type);
      this.tag = new PreEncodedHttpField(HttpHeader.ETAG, tag);
    }

    @Override
    public HttpField getContentType() {
      return type;
    }

    @Override
    public HttpField getETag() {
      return tag;
    }
  }
}
