package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.run.platform.Supervision;
import io.downbeat.local.run.supervise.StartFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "supervise", hidden = true, description = "The background half of up --detach.")
final class SuperviseCommand implements Callable<Integer> {
  @Mixin private final DemoOptions demo = new DemoOptions();

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    RunConfig config = RunConfig.load(home.settings());
    Optional<Supervision> started =
        Supervision.start(home, config, demo.parts(home, config), Clock.systemUTC(), line -> {});
    if (started.isEmpty()) {
      throw new IllegalStateException("Another process supervises " + home.data());
    }
    CountDownLatch ended = UpCommand.stopAtEnd(started.get(), new PrintWriter(Writer.nullWriter()));
    try {
      started.get().awaitReady();
    } catch (StartFailed e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
    ended.await();
    return 0;
  }
}
