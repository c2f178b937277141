package io.downbeat.local.run.platform;

import java.nio.file.Path;

/**
 * Where things are: the checkout with the built modules, and the directory that holds everything
 * that runs leave behind.
 *
 * @param checkout holds the modules and downbeat.conf
 * @param data holds the servers' data, run/, logs/ and the service key
 */
public record Home(Path checkout, Path data) {
  public Home {
    checkout = checkout.toAbsolutePath().normalize();
    data = data.toAbsolutePath().normalize();
  }

  /** As ./downbeat says: system property downbeat.home, and DOWNBEAT_DATA_DIR if it is set. */
  public static Home ofLauncher() {
    Path checkout = Path.of(System.getProperty("downbeat.home", "."));
    String moved = System.getenv("DOWNBEAT_DATA_DIR");
    return new Home(
        checkout,
        moved == null || moved.isEmpty() ? checkout.resolve(".downbeat") : Path.of(moved));
  }

  /** The user's settings. */
  public Path settings() {
    return data.resolveSibling("downbeat.conf");
  }

  public Path serviceKey() {
    return data.resolve("service-key");
  }

  /** Without which no password can be checked and no session refreshed. */
  public Path accountSecret() {
    return data.resolve("account-secret");
  }

  /** The store of sounds and covers. */
  public Path sounds() {
    return data.resolve("sounds");
  }

  /** What signs their URLs, a file each. */
  public Path soundKeys() {
    return data.resolve("sound-keys");
  }

  public Path logs() {
    return data.resolve("logs");
  }

  public Path log(String name) {
    return logs().resolve(name + ".log");
  }

  /** What runs now: pids and the supervisor's view. */
  public Path run() {
    return data.resolve("run");
  }
}
