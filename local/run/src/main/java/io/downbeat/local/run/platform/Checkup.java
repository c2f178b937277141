package io.downbeat.local.run.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.downbeat.local.run.machine.Machine;
import io.downbeat.local.run.machine.PortHolder;
import io.downbeat.local.run.supervise.Phase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a machine and a home have and lack, with how to mend it. Changes nothing. */
public final class Checkup {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Good; short, but it may do; wrong. */
  public enum Level {
    GOOD,
    SHORT,
    WRONG
  }

  /**
   * @param mend what to do; empty where nothing is to be done
   */
  public record Finding(Level level, String what, String detail, String mend) {
    static Finding good(String what, String detail) {
      return new Finding(Level.GOOD, what, detail, "");
    }
  }

  private Checkup() {}

  public static List<Finding> of(Home home, RunConfig config)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.good(
            "JDK", System.getProperty("java.version") + " in " + System.getProperty("java.home")));
    findings.add(tool("Maven", "mvn", "It builds Downbeat: install maven, 3.8 or later."));
    findings.add(tool("Python", "python3", "Only the notebooks want it: install python3."));
    findings.add(memory());
    findings.add(disk(home));
    findings.add(secret("service key", home.serviceKey()));
    findings.add(secret("account secret", home.accountSecret()));
    Optional<Running> running = Running.find(home);
    if (running.isPresent()) {
      findings.addAll(parts(running.get(), config));
    } else {
      findings.addAll(ports(config));
    }
    return findings;
  }

  private static Finding tool(String what, String command, String mend)
      throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command, "--version").redirectErrorStream(true).start();
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Finding(Level.SHORT, what, command + " does not answer", mend);
      }
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      return Finding.good(
          what, said.lines().findFirst().orElse("").replaceAll("\u001B\\[[0-9;]*m", ""));
    } catch (IOException e) {
      return new Finding(Level.SHORT, what, "there is no " + command + " on the PATH", mend);
    }
  }

  private static Finding memory() {
    return Machine.availableMemory().isEmpty()
        ? Finding.good("memory", "this system does not tell")
        : Obstacles.memoryShortage()
            .map(
                shortage ->
                    new Finding(
                        Level.SHORT,
                        "memory",
                        shortage,
                        "End what takes much, or lower the heaps: ./downbeat up --help"))
            .orElseGet(
                () ->
                    Finding.good(
                        "memory",
                        "%.1f GB free"
                            .formatted(
                                Machine.availableMemory().getAsLong() / (double) (1L << 30))));
  }

  private static Finding disk(Home home) throws IOException {
    Path existing =
        Stream.iterate(home.data(), Objects::nonNull, Path::getParent)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    double free = Files.getFileStore(existing).getUsableSpace() / (double) (1L << 30);
    return Obstacles.diskShortage(existing)
        .map(
            shortage ->
                new Finding(
                    Level.SHORT,
                    "disk",
                    shortage,
                    "Make room, or keep the data elsewhere: DOWNBEAT_DATA_DIR."))
        .orElseGet(() -> Finding.good("disk", "%.1f GB free for %s".formatted(free, home.data())));
  }

  private static Finding secret(String name, Path file) throws IOException {
    if (!Files.exists(file)) {
      return Finding.good(name, "is made at the first start");
    }
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return Finding.good(name, file.toString());
    }
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    return mode.equals("rw-------")
        ? Finding.good(name, file + ", for its owner alone")
        : new Finding(Level.WRONG, name, file + " is open to others: " + mode, "chmod 600 " + file);
  }

  private static List<Finding> ports(RunConfig config) {
    List<Finding> findings = new ArrayList<>();
    for (Map.Entry<String, Integer> port : config.ports().byName().entrySet()) {
      PortHolder.find(port.getValue())
          .ifPresent(
              holder ->
                  findings.add(
                      new Finding(
                          Level.WRONG,
                          "port " + port.getValue(),
                          "(%s) is taken by %s".formatted(port.getKey(), holder),
                          "Stop it, or choose another: ./downbeat up --help")));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.good("ports", "all free: " + config.ports().byName().values()));
    }
    return findings;
  }

  private static List<Finding> parts(Running running, RunConfig config)
      throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Map<String, String> addresses = Platform.addresses(config);
    for (Snapshot.PartView part :
        running.snapshot().orElseGet(() -> new Snapshot(List.of())).parts()) {
      String name = part.name();
      String address = addresses.getOrDefault(name, "");
      String log = "./downbeat logs " + name;
      if (part.phase() != Phase.READY) {
        String why = part.note().lines().findFirst().orElse("");
        findings.add(
            new Finding(
                Level.WRONG,
                name,
                part.phase() == Phase.BLOCKED
                    ? why
                    : "is not ready; it is started again by itself. " + why,
                log + " says more."));
      } else if (name.endsWith("-api")) {
        findings.add(ready(name, address, log));
      } else {
        findings.add(Finding.good(name, ("ready " + address).strip()));
      }
    }
    return findings;
  }

  private static Finding ready(String name, String address, String log)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/readyz")).timeout(PATIENCE).build();
    try {
      var answer =
          HttpClient.newBuilder()
              .connectTimeout(PATIENCE)
              .build()
              .send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? Finding.good(name, "ready " + address)
          : new Finding(Level.WRONG, name, "waits: " + answer.body(), log + " says more.");
    } catch (IOException e) {
      return new Finding(Level.WRONG, name, "does not answer at " + address, log + " says more.");
    }
  }
}
