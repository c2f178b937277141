package io.downbeat.local.run.rejected;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which log; the one of this platform where nothing is said. */
final class LogOptions {

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "The log. Default: the one of this machine's platform.")
  private @Nullable String kafka;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description =
          "The schema registry, as Confluent's clients call it. Default: the one of this machine's platform.")
  private @Nullable URI registry;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "What stands before every topic's name (TOPIC_PREFIX of the apps).")
  private String prefix = "";

  RejectedLog rejected() {
    return new RejectedLog(bootstrapServers(), prefix, client());
  }

  Origins origins() {
    return new Origins(prefix, client());
  }

  Replay replay() {
    return new Replay(bootstrapServers(), prefix);
  }

  private String bootstrapServers() {
    return kafka != null ? kafka : "127.0.0.1:" + ports().kafka();
  }

  private RegistryClient client() {
    return new RegistryClient(
        registry != null
            ? registry
            : URI.create("http://127.0.0.1:" + ports().registry() + "/apis/ccompat/v7"));
  }

  private static RunConfig.Ports ports() {
    return RunConfig.load(Home.ofLauncher().settings()).ports();
  }
}
