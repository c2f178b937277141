package io.downbeat.bench;

import io.downbeat.bench.catalogue.CatalogueBenchmark;
import io.downbeat.bench.counting.CountingBenchmark;
import io.downbeat.bench.crash.CrashBenchmark;
import io.downbeat.bench.delivery.DeliveryBenchmark;
import io.downbeat.bench.freshness.BackfillBenchmark;
import io.downbeat.bench.freshness.FreshnessBenchmark;
import io.downbeat.bench.ingest.IngestBenchmark;
import io.downbeat.bench.owned.OwnedStateBenchmark;
import io.downbeat.bench.search.RelevanceBenchmark;
import io.downbeat.bench.search.SearchBenchmark;
import io.downbeat.bench.startup.StartupBenchmark;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The benchmarks. Each prints what it does and finds, and as its last line one JSON object: {@code
 * {"bench", "metrics", "goals", "met"}}.
 */
@Command(
    name = "bench",
    description = "Measures the running platform, each figure beside its yardstick.",
    subcommands = {
      BackfillBenchmark.class,
      CatalogueBenchmark.class,
      CountingBenchmark.class,
      CrashBenchmark.class,
      DeliveryBenchmark.class,
      FreshnessBenchmark.class,
      IngestBenchmark.class,
      OwnedStateBenchmark.class,
      RelevanceBenchmark.class,
      SearchBenchmark.class,
      StartupBenchmark.class
    })
public final class Bench {

  private Bench() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).setUsageHelpAutoWidth(true).execute(args));
  }
}
