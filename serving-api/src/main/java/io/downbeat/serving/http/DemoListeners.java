package io.downbeat.serving.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The invented listeners of a demo, as whom anyone may sign in. They are in a file that may come,
 * change and go while the process runs. Thread-safe.
 */
public final class DemoListeners {
  private static final Logger LOG = LoggerFactory.getLogger(DemoListeners.class);
  private static final JsonMapper JSON = new JsonMapper();
  private static final All NONE = new All(List.of());

  /**
   * @param taste names of genres
   */
  record Listener(
      @JsonProperty("user_id") UUID userId,
      String name,
      String email,
      String password,
      List<String> taste) {}

  private record All(List<Listener> listeners) {}

  private record Read(FileTime at, All all) {}

  private final Optional<Path> file;
  private volatile Read last = new Read(FileTime.fromMillis(0), NONE);

  /**
   * @param file holds {@code {"listeners": [{"user_id", "name", "email", "password", "taste"}]}}
   */
  public DemoListeners(Optional<Path> file) {
    this.file = file;
  }

  /** {@code GET /v1/demo/listeners}. */
  public void list(Context ctx) {
    Answers.fresh(ctx, 200, all());
  }

  private All all() {
    if (file.isEmpty() || !Files.exists(file.get())) {
      return NONE;
    }
    try {
      FileTime changed = Files.getLastModifiedTime(file.get());
      if (!changed.equals(last.at())) {
        last = new Read(changed, JSON.readValue(file.get().toFile(), All.class));
      }
      return last.all();
    } catch (IOException e) {
      LOG.warn("Cannot read {}: {}", file.get(), e.getMessage());
      return NONE;
    }
  }
}
