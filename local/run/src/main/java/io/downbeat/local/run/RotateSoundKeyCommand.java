package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.SoundKeyFiles;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "rotate-sound-key",
    mixinStandardHelpOptions = true,
    description = {
      "Sign the URLs of sounds with a new key, from two minutes on. Who listens notices nothing: what the old one signed"
          + " is good for its ten minutes. Keys that nothing is signed with any more are deleted.",
      "",
      "./downbeat up does it by itself every 30 days. If a key became known to somebody, delete its file as well: what it"
          + " signed is refused within seconds, and players ask for new URLs.",
    },
    footerHeading = "%n",
    footer = {"Example:", "  ./downbeat rotate-sound-key"})
final class RotateSoundKeyCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Home home = Home.ofLauncher();
    Instant begin = SoundKeyFiles.rotate(home.soundKeys(), Instant.now());
    spec.commandLine()
        .getOut()
        .printf("A new key in %s signs from %s on.%n", home.soundKeys(), begin);
    return 0;
  }
}
