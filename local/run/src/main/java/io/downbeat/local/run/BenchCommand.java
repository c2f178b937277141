package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a benchmark of the bench module, in a JVM of its own, against this platform. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the running platform, each figure beside its yardstick. The last line is one JSON object.",
      "freshness: from a play's POST until its track's count says one, beside the log itself."
    },
    footerHeading = "%n",
    footer = {"Examples:", "  ./downbeat bench freshness", "  ./downbeat bench freshness --quick"})
final class BenchCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "NAME", description = "What to measure: ${COMPLETION-CANDIDATES}.")
  private Benchmark benchmark;

  @Option(names = "--quick", description = "Fewer operations: a first impression.")
  private boolean quick;

  enum Benchmark {
    freshness
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    RunConfig config = RunConfig.load(home.settings());
    Path target = home.checkout().resolve("bench").resolve("target");
    String classpath =
        target.resolve("classes")
            + File.pathSeparator
            + Files.readString(target.resolve("classpath")).strip();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                classpath,
                "io.downbeat.bench.Bench",
                benchmark.name(),
                "--url",
                config.api().toString(),
                "--key-file",
                home.serviceKey().toString(),
                "--kafka",
                "127.0.0.1:" + config.ports().kafka()));
    if (quick) {
      command.add("--quick");
    }
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
