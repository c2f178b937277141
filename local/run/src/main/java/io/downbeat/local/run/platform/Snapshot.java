package io.downbeat.local.run.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.supervise.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the supervisor knew at one moment; the file by which other commands see it. Immutable. */
public record Snapshot(List<PartView> parts) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * One part.
   *
   * @param since when it came into this phase
   * @param note why it ended last, one line; empty where there is nothing to say
   */
  public record PartView(
      String name, Phase phase, Instant since, int restarts, OptionalLong pid, String note) {}

  public Snapshot {
    parts = List.copyOf(parts);
  }

  public boolean allReady() {
    return !parts.isEmpty() && parts.stream().allMatch(part -> part.phase() == Phase.READY);
  }

  /** Whether all that can be ready without somebody's help is, and something needs it. */
  public boolean isBlocked() {
    return parts.stream().anyMatch(part -> part.phase() == Phase.BLOCKED)
        && parts.stream()
            .allMatch(
                part ->
                    part.phase() == Phase.READY
                        || part.phase() == Phase.BLOCKED
                        || part.phase() == Phase.WAITING);
  }

  /** Replaces the file at once: a reader sees the old one or the new one. */
  void write(Path file) {
    try {
      Path unfinished = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(unfinished, toJson());
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  /** Empty where there is no such file. */
  static Optional<Snapshot> read(Path file) {
    try {
      return Files.exists(file) ? Optional.of(fromJson(Files.readString(file))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  String toJson() throws JsonProcessingException {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode array = root.putArray("parts");
    for (PartView part : parts) {
      ObjectNode node = array.addObject();
      node.put("name", part.name());
      node.put("phase", part.phase().name());
      node.put("since", part.since().toString());
      node.put("restarts", part.restarts());
      part.pid().ifPresent(pid -> node.put("pid", pid));
      node.put("note", part.note());
    }
    return JSON.writeValueAsString(root);
  }

  static Snapshot fromJson(String json) throws JsonProcessingException {
    List<PartView> parts = new ArrayList<>();
    for (JsonNode node : JSON.readTree(json).path("parts")) {
      parts.add(
          new PartView(
              node.path("name").asText(),
              Phase.valueOf(node.path("phase").asText()),
              Instant.parse(node.path("since").asText()),
              node.path("restarts").asInt(),
              node.has("pid") ? OptionalLong.of(node.get("pid").asLong()) : OptionalLong.empty(),
              node.path("note").asText()));
    }
    return new Snapshot(parts);
  }
}
