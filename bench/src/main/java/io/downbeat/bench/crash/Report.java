package io.downbeat.bench.crash;

import io.downbeat.bench.Result;
import io.downbeat.bench.crash.Outcome.Recovery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What a whole run came to. */
final class Report {
  private static final int MOST_LINES = 20;
  private static final int LONGEST_RECOVERY_SECONDS = 120;

  private Report() {}

  static Result of(
      List<Outcome> outcomes,
      Ledger ledger,
      Account account,
      long counted,
      Watch watch,
      Api clients,
      Api readers) {
    System.out.printf(
        "%-20s %5s %8s %5s %8s   %-15s   %-15s %s%n",
        "", "times", "acked", "lost", "doubled", "acked again", "counted again", "attempts");
    System.out.printf(
        "%-20s %5s %8s %5s %8s   %-15s   %-15s %s%n",
        "fault", "", "", "", "", "median, worst s", "median, worst s", "not acked");
    row("before any", List.of(-1), List.of(), ledger, account);
    Map<String, List<Integer>> byLabel = new TreeMap<>();
    for (int i = 0; i < outcomes.size(); i++) {
      byLabel.computeIfAbsent(outcomes.get(i).fault().label(), label -> new ArrayList<>()).add(i);
    }
    byLabel.forEach((label, positions) -> row(label, positions, outcomes, ledger, account));

    System.out.println("Answers to uploads: " + clients.outcomes());
    System.out.println("Answers to readers: " + readers.outcomes());
    System.out.printf(
        "%d plays acknowledged, %d unknown; %d rows in the lake, %d counted; %d measures and charts compared%n",
        ledger.acknowledged(), ledger.unknown(), account.rows(), counted, account.compared());
    print("Not what the ledger says", account.differences());
    print("Went back", watch.wentBack());

    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put("faults", outcomes.size());
    byLabel.forEach(
        (label, positions) -> metrics.put(label.replaceAll("[ -]", "_"), positions.size()));
    metrics.put("acked", ledger.acknowledged());
    metrics.put("unknown", ledger.unknown());
    metrics.put("lake_rows", account.rows());
    metrics.put("counted", counted);
    metrics.put("reads", watch.reads());
    metrics.put("lost", account.lost().size());
    metrics.put("doubled", account.doubled().size());
    metrics.put("never_sent", account.neverSent());
    metrics.put("miscounted", account.differences().size());
    metrics.put("counted_off_by", Math.abs(counted - account.rows()));
    metrics.put("went_back", watch.wentBack().size());
    metrics.put("without_retry_after", clients.withoutRetryAfter());
    metrics.put("acked_again_worst_s", worst(outcomes, it -> it.ackedNanos() / 1e9));
    metrics.put("counted_again_worst_s", worst(outcomes, it -> it.visibleNanos() / 1e9));
    Map<String, Number> goals = new LinkedHashMap<>();
    for (String never :
        List.of(
            "unknown",
            "lost",
            "doubled",
            "never_sent",
            "miscounted",
            "counted_off_by",
            "went_back",
            "without_retry_after")) {
      goals.put(never, 0);
    }
    goals.put("acked_again_worst_s", LONGEST_RECOVERY_SECONDS);
    goals.put("counted_again_worst_s", LONGEST_RECOVERY_SECONDS);
    return new Result("crash", metrics, goals);
  }

  private static void row(
      String label,
      List<Integer> positions,
      List<Outcome> outcomes,
      Ledger ledger,
      Account account) {
    List<Recovery> recoveries =
        outcomes.isEmpty()
            ? List.of()
            : positions.stream().flatMap(i -> outcomes.get(i).recovery().stream()).toList();
    System.out.printf(
        "%-20s %5d %8d %5d %8d   %15s   %15s %9d%n",
        label,
        outcomes.isEmpty() ? 0 : positions.size(),
        ledger.plays().stream()
            .filter(play -> positions.contains(play.during()))
            .filter(play -> ledger.isAcknowledged(play.playId()))
            .count(),
        account.lost().stream().filter(play -> positions.contains(play.during())).count(),
        account.doubled().stream().filter(play -> positions.contains(play.during())).count(),
        medianAndWorst(recoveries, it -> it.ackedNanos() / 1e9),
        medianAndWorst(recoveries, it -> it.visibleNanos() / 1e9),
        outcomes.isEmpty()
            ? 0
            : positions.stream().mapToLong(i -> outcomes.get(i).notAcked()).sum());
  }

  private static String medianAndWorst(
      List<Recovery> recoveries, ToDoubleFunction<Recovery> seconds) {
    if (recoveries.isEmpty()) {
      return "";
    }
    double[] sorted = recoveries.stream().mapToDouble(seconds).sorted().toArray();
    return "%.1f, %.1f".formatted(sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
  }

  private static double worst(List<Outcome> outcomes, ToDoubleFunction<Recovery> seconds) {
    double worst =
        outcomes.stream()
            .flatMap(outcome -> outcome.recovery().stream())
            .mapToDouble(seconds)
            .max()
            .orElse(0);
    return Math.round(worst * 10) / 10.0;
  }

  private static void print(String what, List<String> lines) {
    IntStream.range(0, Math.min(MOST_LINES, lines.size()))
        .forEach(i -> System.out.println(what + ": " + lines.get(i)));
  }
}
