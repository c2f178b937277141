package io.downbeat.local.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.local.run.machine.Machine;
import io.downbeat.local.run.platform.Snapshot;
import io.downbeat.local.run.supervise.Phase;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Each process with what it takes, and the sum. Immutable.
 *
 * @param ready whether every part is, those included that are work and no process
 */
record Report(List<Row> rows, boolean ready, Instant at) {
  private static final Set<Phase> NOTED =
      EnumSet.of(Phase.STARTING, Phase.BACKING_OFF, Phase.BLOCKED);

  /**
   * One process.
   *
   * @param since when it came into this state
   * @param residentBytes empty where it doesn't run or the system doesn't tell
   */
  record Row(
      String name,
      String state,
      OptionalLong pid,
      Instant since,
      int restarts,
      OptionalLong residentBytes,
      String address,
      String note) {}

  Report {
    rows = List.copyOf(rows);
  }

  static Report of(
      Snapshot snapshot,
      long supervisor,
      Instant since,
      Instant at,
      Map<String, String> addresses) {
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            "supervisor",
            "ready",
            OptionalLong.of(supervisor),
            since,
            0,
            Machine.resident(supervisor),
            addresses.getOrDefault("supervisor", ""),
            ""));
    for (Snapshot.PartView part : snapshot.parts()) {
      String address = addresses.get(part.name());
      if (address == null) {
        // Work that is done once, not a process.
        continue;
      }
      OptionalLong resident =
          part.pid().isPresent() ? Machine.resident(part.pid().getAsLong()) : OptionalLong.empty();
      rows.add(
          new Row(
              part.name(),
              part.phase().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              part.pid(),
              part.since(),
              part.restarts(),
              resident,
              address,
              NOTED.contains(part.phase()) ? part.note() : ""));
    }
    return new Report(rows, snapshot.allReady(), at);
  }

  long residentBytes() {
    return rows.stream().mapToLong(row -> row.residentBytes().orElse(0)).sum();
  }

  void print(PrintWriter out) {
    out.printf(
        "%-13s %-12s %8s  %-12s %8s %9s  %s%n",
        "PART", "STATE", "PID", "FOR", "RESTARTS", "MEMORY", "ADDRESS");
    for (Row row : rows) {
      out.printf(
          "%-13s %-12s %8s  %-12s %8d %9s  %s%n",
          row.name(),
          row.state(),
          row.pid().isPresent() ? row.pid().getAsLong() : "",
          Words.span(Duration.between(row.since(), at)),
          row.restarts(),
          Words.megabytes(row.residentBytes()),
          row.address());
      if (!row.note().isEmpty()) {
        out.println("  " + Words.firstLine(row.note()));
      }
    }
    out.printf(
        "%-13s %-12s %8s  %-12s %8s %9s%n",
        "all", "", "", "", "", Words.megabytes(OptionalLong.of(residentBytes())));
  }

  String toJson() throws JsonProcessingException {
    JsonMapper json = new JsonMapper();
    ObjectNode root = json.createObjectNode();
    root.put("running", true);
    root.put("ready", ready);
    ArrayNode parts = root.putArray("parts");
    for (Row row : rows) {
      ObjectNode part = parts.addObject();
      part.put("name", row.name());
      part.put("state", row.state().replace(' ', '_'));
      row.pid().ifPresent(pid -> part.put("pid", pid));
      part.put("since", row.since().toString());
      part.put("seconds", Math.max(0, Duration.between(row.since(), at).toSeconds()));
      part.put("restarts", row.restarts());
      row.residentBytes().ifPresent(bytes -> part.put("resident_mb", bytes >> 20));
      part.put("address", row.address());
      if (!row.note().isEmpty()) {
        part.put("note", row.note());
      }
    }
    root.putObject("totals").put("resident_mb", residentBytes() >> 20);
    return json.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }
}
