package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import io.downbeat.local.servers.Setup;
import io.downbeat.schemas.topics.Topics;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "schemas",
    mixinStandardHelpOptions = true,
    description = "The events' schemas and the registry.",
    footerHeading = "%n",
    footer = {"Example:", "  ./downbeat schemas register"})
final class SchemasCommand implements Runnable {
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Missing command. ./downbeat schemas register registers all schemas.");
  }

  @Command(
      name = "register",
      mixinStandardHelpOptions = true,
      description = {
        "Register the schema of every topic, compatible with all earlier ones both ways; refuses one that isn't.",
        "up does this at each start. What is registered already stays as it is."
      },
      footerHeading = "%n",
      footer = {
        "Examples:",
        "  ./downbeat schemas register",
        "  ./downbeat schemas register --registry http://registry.example:8085/apis/ccompat/v7 --prefix staging-",
      })
  void register(
      @Option(
              names = "--registry",
              paramLabel = "URL",
              description =
                  "The registry, as Confluent's clients call it; the one of this platform if left out.")
          @Nullable URI registry,
      @Option(
              names = "--prefix",
              paramLabel = "PREFIX",
              defaultValue = "",
              description = "What stands before every topic's name (TOPIC_PREFIX of the apps).")
          String prefix) {
    URI url = registry == null ? ofThisPlatform() : registry;
    Setup.subjects(url, prefix);
    spec.commandLine()
        .getOut()
        .printf("%d schemas are registered at %s.%n", Topics.ALL.size(), url);
  }

  private static URI ofThisPlatform() {
    RunConfig config = RunConfig.load(Home.ofLauncher().settings());
    return URI.create("http://127.0.0.1:" + config.ports().registry() + "/apis/ccompat/v7");
  }
}
