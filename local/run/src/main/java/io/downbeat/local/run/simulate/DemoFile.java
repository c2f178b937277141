package io.downbeat.local.run.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.platform.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a demo keeps from one start to the next, in {@code demo.json} beside its data: the same
 * plays follow from it.
 *
 * @param password of all its accounts
 * @param counted until when what arrived is sent and counted; null before the first time
 * @param pending what is being sent; null where nothing is
 * @param topTrack the track played most; null before it is known
 * @param trained until when recommendations know what was played; null while there are none
 */
record DemoFile(
    long seed,
    int listeners,
    Instant start,
    String password,
    @Nullable Instant counted,
    @Nullable Pending pending,
    @Nullable UUID topTrack,
    @Nullable Instant trained) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int PASSWORD_BYTES = 12;

  /**
   * A part of the history.
   *
   * @param until what arrives before it
   * @param before how many plays of anybody were counted when it began
   */
  record Pending(Instant until, long before) {}

  DemoFile begin(Instant until, long before) {
    return new DemoFile(
        seed, listeners, start, password, counted, new Pending(until, before), topTrack, trained);
  }

  DemoFile done(Instant until, UUID top) {
    return new DemoFile(seed, listeners, start, password, until, null, top, trained);
  }

  DemoFile trained(Instant until) {
    return new DemoFile(seed, listeners, start, password, counted, pending, topTrack, until);
  }

  Simulation simulation() {
    return Simulation.of(seed, start, listeners);
  }

  static DemoFile begun(long seed, int listeners, Instant start) {
    return new DemoFile(seed, listeners, start, newPassword(), null, null, null, null);
  }

  private static String newPassword() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  static Optional<DemoFile> read(Home home) throws IOException {
    Path file = file(home);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonNode json = JSON.readTree(file.toFile());
    JsonNode pending = json.path("pending");
    return Optional.of(
        new DemoFile(
            json.path("seed").asLong(),
            json.path("listeners").asInt(),
            Instant.parse(json.path("start").asText()),
            json.has("password") ? json.path("password").asText() : newPassword(),
            json.has("counted") ? Instant.parse(json.path("counted").asText()) : null,
            pending.isObject()
                ? new Pending(
                    Instant.parse(pending.path("until").asText()), pending.path("before").asLong())
                : null,
            json.has("top_track") ? UUID.fromString(json.path("top_track").asText()) : null,
            json.has("trained") ? Instant.parse(json.path("trained").asText()) : null));
  }

  /** Replaces the file at once. */
  void write(Home home) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("seed", seed);
    json.put("listeners", listeners);
    json.put("start", start.toString());
    json.put("password", password);
    if (counted != null) {
      json.put("counted", counted.toString());
    }
    if (pending != null) {
      json.putObject("pending")
          .put("until", pending.until().toString())
          .put("before", pending.before());
    }
    if (topTrack != null) {
      json.put("top_track", topTrack.toString());
    }
    if (trained != null) {
      json.put("trained", trained.toString());
    }
    Path file = file(home);
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(unfinished, json.toPrettyString());
    Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path file(Home home) {
    return home.data().resolve("demo.json");
  }
}
