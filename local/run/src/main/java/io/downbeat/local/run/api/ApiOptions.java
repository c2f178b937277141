package io.downbeat.local.run.api;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What every command that sends takes: which API, whose key, how much patience. */
public final class ApiOptions {

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The API. Default: the one of this machine's platform.")
  private @Nullable URI url;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Holds the service key. Default: service-key in the platform's folder .downbeat.")
  private @Nullable Path keyFile;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "For how long batches are sent again while none goes through. Default: ${DEFAULT-VALUE}.")
  private int patienceSeconds;

  /** Throws what a command throws for a wrong option. */
  public void check(CommandLine self) {
    if (patienceSeconds < 0) {
      throw new ParameterException(
          self, "--patience is " + patienceSeconds + ": it can't be negative");
    }
    if (url != null
        && (url.getHost() == null
            || !List.of("http", "https").contains(String.valueOf(url.getScheme())))) {
      throw new ParameterException(self, "--url is " + url + ": it is like http://127.0.0.1:8080");
    }
  }

  /** Whether it is the platform of this machine. */
  public boolean isLocal() {
    return url == null;
  }

  public ApiClient connect(Home home) throws CannotSend {
    String origin = (url == null ? localApi(home) : url).toString().replaceFirst("/+$", "");
    return ApiClient.of(
        URI.create(origin),
        keyFile == null ? home.serviceKey() : keyFile,
        Duration.ofSeconds(patienceSeconds));
  }

  private static URI localApi(Home home) throws CannotSend {
    try {
      return RunConfig.load(home.settings()).api();
    } catch (IllegalArgumentException e) {
      throw new CannotSend(String.valueOf(e.getMessage()), e);
    }
  }
}
