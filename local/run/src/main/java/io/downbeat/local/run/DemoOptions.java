package io.downbeat.local.run;

import io.downbeat.local.run.music.Pieces;
import io.downbeat.local.run.platform.BatchProcess;
import io.downbeat.local.run.platform.FlinkJob;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Platform;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.run.simulate.Demo;
import io.downbeat.local.run.supervise.Part;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** What up takes for the demo, and hands on to the background half of itself. */
final class DemoOptions {
  private static final Set<String> NEEDS = Set.of("ingest-api", "serving-api");

  @Option(
      names = "--demo",
      description =
          "Also an invented catalogue, four weeks of listening up to now, and plays as long as it runs.")
  private boolean demo;

  @Option(
      names = "--demo-listeners",
      paramLabel = "N",
      defaultValue = "1200",
      description =
          "Listeners of the demo's history, about 175 plays each; those of a demo that is there stay."
              + " Default: ${DEFAULT-VALUE}.")
  private int listeners;

  @Option(
      names = "--demo-rate",
      paramLabel = "R",
      defaultValue = "2",
      description = "Plays a second while it runs, 0 to 100. Default: ${DEFAULT-VALUE}.")
  private double rate;

  boolean wanted() {
    return demo;
  }

  double rate() {
    return rate;
  }

  /** The demo, or nothing. */
  List<Part> parts(Home home, RunConfig config) {
    return demo
        ? List.of(
            new Part(
                "demo",
                NEEDS,
                new Demo(
                    home,
                    config.api(),
                    URI.create(Platform.addresses(config).get("lake-catalog")),
                    new Demo.Settings(listeners, rate),
                    new FlinkJob(config.ports().flink())::checkpoint,
                    () -> BatchProcess.trainDemo(home, config),
                    new Pieces(home),
                    Clock.systemUTC())))
        : List.of();
  }

  List<String> arguments() {
    return demo
        ? List.of("--demo", "--demo-listeners=" + listeners, "--demo-rate=" + rate)
        : List.of();
  }
}
