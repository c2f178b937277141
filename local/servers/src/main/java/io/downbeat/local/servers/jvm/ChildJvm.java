package io.downbeat.local.servers.jvm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One main class in a JVM of its own, that can be started again after every end. The JDK is the one
 * that runs this JVM.
 *
 * <p>Under the spec's home it keeps {@code run/<name>.args} (the whole command line, without the
 * environment), {@code run/<name>.pid} and {@code logs/<name>.log} (output and errors, appended;
 * set aside as {@code .log.1} at a start that finds more than 16 MiB). A child ends within a second
 * of its owner, even if that was killed; a start that finds an earlier child of the same home and
 * name waits for its end if its owner is gone, and fails if its owner is alive.
 *
 * <p>Thread-safe. {@link #start}, {@link #stop} and {@link #kill} exclude each other; the rest may
 * be called at any time.
 */
public final class ChildJvm {
  private static final long LOG_LIMIT_BYTES = 16 << 20;
  private static final int TAIL_BYTES = 4 << 10;
  private static final int LOG_BYTES = 64 << 10;
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private static final Duration END = Duration.ofSeconds(10);

  /**
   * What to run and how to see that it runs.
   *
   * @param home holds {@code run/} and {@code logs/}; also the working directory
   * @param name of the files there; letters, digits and dashes
   * @param environment added to this JVM's own; the place for secrets, which are written nowhere
   * @param readyWithin from a start to {@code ready}
   * @param stopWithin from SIGTERM to SIGKILL
   */
  public record Spec(
      Path home,
      String name,
      List<Path> classpath,
      String mainClass,
      List<String> jvmArgs,
      List<String> args,
      Map<String, String> environment,
      Ready ready,
      Duration readyWithin,
      Duration stopWithin) {
    public Spec {
      if (!name.matches("[a-z0-9-]+")) {
        throw new IllegalArgumentException(
            "Cannot name a child JVM '" + name + "': use a-z, 0-9 and -");
      }
      home = home.toAbsolutePath().normalize();
      classpath = List.copyOf(classpath);
      jvmArgs = List.copyOf(jvmArgs);
      args = List.copyOf(args);
      environment = Map.copyOf(environment);
    }

    /** Without arguments or environment, ready within 60 s, stopped within 15 s. */
    public Spec(Path home, String name, List<Path> classpath, String mainClass, Ready ready) {
      this(
          home,
          name,
          classpath,
          mainClass,
          List.of(),
          List.of(),
          Map.of(),
          ready,
          Duration.ofSeconds(60),
          Duration.ofSeconds(15));
    }

    /**
     * With these after the JVM arguments that it has: of two that contradict each other, the later
     * counts.
     */
    public Spec withJvmArgs(List<String> more) {
      List<String> all = Stream.concat(jvmArgs.stream(), more.stream()).toList();
      return new Spec(
          home, name, classpath, mainClass, all, args, environment, ready, readyWithin, stopWithin);
    }

    public Spec withArgs(String... values) {
      return new Spec(
          home,
          name,
          classpath,
          mainClass,
          jvmArgs,
          List.of(values),
          environment,
          ready,
          readyWithin,
          stopWithin);
    }

    public Spec withEnvironment(Map<String, String> values) {
      return new Spec(
          home, name, classpath, mainClass, jvmArgs, args, values, ready, readyWithin, stopWithin);
    }

    public Spec withDeadlines(Duration toBeReady, Duration toStop) {
      return new Spec(
          home, name, classpath, mainClass, jvmArgs, args, environment, ready, toBeReady, toStop);
    }

    private Path argumentsFile() {
      return home.resolve("run").resolve(name + ".args");
    }

    private Path pidFile() {
      return home.resolve("run").resolve(name + ".pid");
    }

    private Path logFile() {
      return home.resolve("logs").resolve(name + ".log");
    }
  }

  private final Spec spec;
  private final long owner;
  private volatile @Nullable Run run;

  private record Run(Process process, long logStart, long startNanos) {}

  /** A child of this JVM. */
  public ChildJvm(Spec spec) {
    this(spec, ProcessHandle.current().pid());
  }

  /** A child that may outlive this JVM, but not the process {@code owner}. */
  public ChildJvm(Spec spec, long owner) {
    this.spec = spec;
    this.owner = owner;
  }

  public Spec spec() {
    return spec;
  }

  public String name() {
    return spec.name();
  }

  public Path logFile() {
    return spec.logFile();
  }

  /** Starts it and returns at once; see {@link #awaitReady}. */
  public synchronized void start() {
    if (isAlive()) {
      throw new IllegalStateException(
          "Cannot start " + name() + ": it runs, as process " + pid().orElseThrow());
    }
    endEarlier();
    try {
      Files.createDirectories(spec.argumentsFile().getParent());
      Files.createDirectories(spec.logFile().getParent());
      Files.writeString(spec.argumentsFile(), arguments());
      long logStart = rotated(spec.logFile());
      ProcessBuilder builder =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "@" + spec.argumentsFile())
              .directory(spec.home().toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.logFile().toFile()));
      builder.environment().putAll(spec.environment());
      Process process = builder.start();
      process.getOutputStream().close();
      run = new Run(process, logStart, System.nanoTime());
      Files.writeString(spec.pidFile(), process.pid() + " " + owner + "\n");
    } catch (IOException e) {
      throw new ChildFailed("Cannot start " + name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Waits until it is ready; if it ends first or the deadline passes, it is killed and this fails
   * with its last log lines.
   */
  public void awaitReady() throws InterruptedException {
    Run current = run;
    if (current == null) {
      throw new IllegalStateException("Cannot wait for " + name() + ": it was never started");
    }
    while (!isReady(current)) {
      if (current.process().waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed(
            "ended with exit code " + current.process().exitValue() + " before it was ready",
            current);
      }
      if (System.nanoTime() - current.startNanos() > spec.readyWithin().toNanos()) {
        ChildFailed failure =
            failed("was not ready within " + spec.readyWithin().toSeconds() + " s", current);
        kill();
        throw failure;
      }
    }
  }

  public boolean isAlive() {
    Run current = run;
    return current != null && current.process().isAlive();
  }

  /** Whether it is alive and shows {@link Spec#ready} now. */
  public boolean isReady() {
    Run current = run;
    return current != null && current.process().isAlive() && isReady(current);
  }

  /** Of the latest start, while it is alive. */
  public OptionalLong pid() {
    Run current = run;
    return current == null || !current.process().isAlive()
        ? OptionalLong.empty()
        : OptionalLong.of(current.process().pid());
  }

  /** Of the latest start, once it has ended. */
  public OptionalInt exitCode() {
    Run current = run;
    return current == null || current.process().isAlive()
        ? OptionalInt.empty()
        : OptionalInt.of(current.process().exitValue());
  }

  /** Completes with the exit code when the latest start ends, however it ends. */
  public CompletableFuture<Integer> onExit() {
    Run current = run;
    if (current == null) {
      throw new IllegalStateException(
          "Cannot wait for the end of " + name() + ": it was never started");
    }
    return current.process().onExit().thenApply(Process::exitValue);
  }

  /** Memory that it holds now; empty where the system has no /proc or the child isn't alive. */
  public OptionalLong residentBytes() {
    OptionalLong pid = pid();
    if (pid.isEmpty()) {
      return pid;
    }
    try (Stream<String> lines =
        Files.lines(Path.of("/proc", Long.toString(pid.getAsLong()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }

  /** The last lines of its log, at most 4 KiB. */
  public String logTail() {
    return logFrom(Math.max(0, logSize() - TAIL_BYTES));
  }

  /** What the latest start has written so far, its last 64 KiB. */
  public String log() {
    Run current = run;
    return current == null ? "" : logFrom(Math.max(current.logStart(), logSize() - LOG_BYTES));
  }

  /** SIGTERM, then SIGKILL after {@link Spec#stopWithin}; returns when it has ended. */
  public synchronized void stop() {
    Run current = run;
    if (current == null) {
      return;
    }
    current.process().destroy();
    if (!ended(current.process().onExit(), spec.stopWithin())) {
      kill();
    }
  }

  /** SIGKILL; returns when it has ended. */
  public synchronized void kill() {
    Run current = run;
    if (current != null) {
      current.process().destroyForcibly();
      awaitKilled(current.process().pid(), current.process().onExit());
    }
  }

  /** The child of that home and name that is alive, whichever JVM started it. */
  public static Optional<ProcessHandle> find(Path home, String name) {
    Path root = home.toAbsolutePath().normalize();
    try {
      String[] fields =
          Files.readString(root.resolve("run").resolve(name + ".pid")).trim().split(" ", 2);
      String arguments = "@" + root.resolve("run").resolve(name + ".args");
      return ProcessHandle.of(Long.parseLong(fields[0]))
          .filter(ProcessHandle::isAlive)
          .filter(process -> process.info().commandLine().orElse("").endsWith(arguments));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private void endEarlier() {
    Optional<ProcessHandle> earlier = find(spec.home(), name());
    if (earlier.isEmpty()) {
      return;
    }
    long itsOwner = ownerOfEarlier();
    if (itsOwner != owner && ProcessHandle.of(itsOwner).isPresent()) {
      throw new ChildFailed(
          "Cannot start %s: process %d, which belongs to process %d, runs it in %s. Stop that one first, or use another directory."
              .formatted(name(), earlier.get().pid(), itsOwner, spec.home()));
    }
    earlier.get().destroyForcibly();
    awaitKilled(earlier.get().pid(), earlier.get().onExit());
  }

  private long ownerOfEarlier() {
    try {
      return Long.parseLong(Files.readString(spec.pidFile()).trim().split(" ", 2)[1]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitKilled(long pid, CompletableFuture<?> exit) {
    if (!ended(exit, END)) {
      throw new ChildFailed("Cannot kill " + name() + ": process " + pid + " is still there");
    }
  }

  private static boolean ended(CompletableFuture<?> exit, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!exit.isDone()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return true;
  }

  private String arguments() {
    List<String> all = new ArrayList<>(spec.jvmArgs());
    all.add("-cp");
    all.add(
        Stream.concat(spec.classpath().stream(), Stream.of(ownClasses()))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    all.add(Guarded.class.getName());
    all.add(Long.toString(owner));
    all.add(spec.mainClass());
    all.addAll(spec.args());
    return all.stream()
        .map(argument -> '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** The jar or directory that holds this module. */
  public static Path ownClasses() {
    try {
      return Path.of(ChildJvm.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long rotated(Path log) throws IOException {
    long size = Files.exists(log) ? Files.size(log) : 0;
    if (size <= LOG_LIMIT_BYTES) {
      return size;
    }
    Files.move(
        log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    return 0;
  }

  private boolean isReady(Run current) {
    Ready ready = spec.ready();
    if (ready instanceof Ready.LogLine line) {
      return logFrom(current.logStart()).contains(line.text());
    }
    if (ready instanceof Ready.Listens listens) {
      return listens(listens.address());
    }
    return answers(((Ready.Answers) ready).request());
  }

  private static boolean listens(InetSocketAddress address) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean answers(HttpRequest request) {
    try {
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() / 100 == 2;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ChildFailed failed(String what, Run current) {
    String tail = logFrom(Math.max(current.logStart(), logSize() - TAIL_BYTES)).strip();
    return new ChildFailed(
        "%s %s. Its log, %s, ends with:%n%s"
            .formatted(name(), what, logFile(), tail.indent(2).stripTrailing()));
  }

  private long logSize() {
    return logFile().toFile().length();
  }

  private String logFrom(long position) {
    try (RandomAccessFile log = new RandomAccessFile(logFile().toFile(), "r")) {
      log.seek(position);
      byte[] bytes =
          new byte[(int) Math.min(LOG_LIMIT_BYTES, Math.max(0, log.length() - position))];
      log.readFully(bytes);
      return new String(bytes, UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
