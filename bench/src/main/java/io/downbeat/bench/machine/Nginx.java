package io.downbeat.bench.machine;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An nginx that sends the files of one folder with sendfile, from two workers, and writes no log of
 * it. Without tcp_nopush: over loopback, whose packets are as large as its windows, answers would
 * wait for timers. It ends with this JVM, if not before.
 */
public final class Nginx implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration FETCHED_WITHIN = Duration.ofMinutes(3);
  private static final long LOOK_MILLIS = 20;
  private static final Path KEPT =
      Path.of(System.getProperty("user.home"), ".cache", "downbeat", "nginx");
  private static final String CONFIG =
      """
      daemon off;
      %s
      worker_processes 2;
      worker_rlimit_nofile 8192;
      pid nginx.pid;
      events { worker_connections 4096; }
      http {
        access_log off;
        sendfile on;
        tcp_nodelay on;
        keepalive_requests 100000000;
        keepalive_timeout 300s;
        open_file_cache max=10000 inactive=1h;
        open_file_cache_valid 1h;
        types {
          audio/mp4 mp4 m4s;
          application/vnd.apple.mpegurl m3u8;
          text/html html;
          text/javascript js;
        }
        default_type application/octet-stream;
        client_body_temp_path temp;
        proxy_temp_path temp;
        fastcgi_temp_path temp;
        uwsgi_temp_path temp;
        scgi_temp_path temp;
        server {
          listen 127.0.0.1:%d backlog=4096;
          root %s;
          add_header Cache-Control "public, max-age=600, immutable";
        }
      }
      """;

  private final Process process;

  private Nginx(Process process) {
    this.process = process;
  }

  /**
   * The program of this name; else of the system; else that of the system's packages, which is
   * fetched once and unpacked into a folder of the user's, and not installed.
   *
   * @throws IOException saying what to install
   */
  public static Path find(Optional<Path> named) throws IOException, InterruptedException {
    if (named.isPresent()) {
      if (!runs(named.get())) {
        throw new IOException("Cannot use --nginx=%s: it doesn't run".formatted(named.get()));
      }
      return named.get();
    }
    String places = System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin:/opt/homebrew/bin";
    Optional<Path> found =
        Stream.concat(Stream.of(places.split(":", -1)), Stream.of(KEPT.resolve("usr/sbin") + ""))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, "nginx"))
            .filter(Files::isExecutable)
            .filter(Nginx::runs)
            .findFirst();
    return found.isPresent() ? found.get() : fetched();
  }

  private static Path fetched() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("downbeat-nginx");
    String reason = "apt-get is not here";
    try {
      String fetch =
          "apt-get -q download nginx || { apt-get -q update && apt-get -q download nginx; }";
      String command = "cd \"$0\" && { %s; } && dpkg -x nginx_*.deb unpacked".formatted(fetch);
      File said = folder.resolve("said").toFile();
      Process process =
          new ProcessBuilder("sh", "-c", command, folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(said)
              .start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(FETCHED_WITHIN.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      Path program = folder.resolve("unpacked/usr/sbin/nginx");
      if (ended && process.exitValue() == 0 && runs(program)) {
        Path kept = Files.createDirectories(KEPT.resolve("usr/sbin")).resolve("nginx");
        Files.copy(
            program, kept, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        return kept;
      }
      reason = Files.readString(said.toPath()).lines().reduce("", (before, line) -> line);
    } finally {
      Files.walk(folder).sorted(java.util.Comparator.reverseOrder()).forEach(Nginx::delete);
    }
    throw new IOException(
        "There is no nginx, which is the yardstick here, and it cannot be fetched (%s). Install it (apt-get install nginx, dnf install nginx, brew install nginx), or name one: --nginx=PATH"
            .formatted(reason.strip()));
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // In the system's folder for what may be deleted.
    }
  }

  private static boolean runs(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "-v")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Returns when it answers.
   *
   * @param home of its own, for its files and what it says
   * @param root whose files it sends
   */
  public static Nginx start(Path program, Path home, Path root, int port)
      throws IOException, InterruptedException {
    Files.createDirectories(home.resolve("temp"));
    String user = System.getProperty("user.name");
    Path config =
        Files.writeString(
            home.resolve("nginx.conf"),
            CONFIG.formatted(user.equals("root") ? "user root;" : "", port, root.toAbsolutePath()));
    Path log = home.resolve("nginx.log");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-e",
                "stderr",
                "-p",
                home.toAbsolutePath().toString(),
                "-c",
                config.toAbsolutePath().toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-nginx"));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!listens(port)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IOException("nginx doesn't start: " + Files.readString(log).strip());
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return new Nginx(process);
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** CPU seconds of all its processes. */
  public double cpuSeconds() throws IOException {
    double sum = 0;
    for (long pid : pids()) {
      sum += Cpu.seconds(pid);
    }
    return sum;
  }

  /** Of all its processes. */
  public long residentBytes() throws IOException {
    long sum = 0;
    for (long pid : pids()) {
      sum += Footprint.residentBytes(pid);
    }
    return sum;
  }

  private List<Long> pids() {
    List<Long> all = new ArrayList<>(List.of(process.pid()));
    process.children().map(ProcessHandle::pid).forEach(all::add);
    return all;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }
}
