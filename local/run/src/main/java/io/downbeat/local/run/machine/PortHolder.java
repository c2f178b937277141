package io.downbeat.local.run.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Who listens on a port of this machine.
 *
 * @param pid empty where the system doesn't tell, as for another user's process
 * @param command empty where the system doesn't tell
 */
public record PortHolder(int port, OptionalLong pid, String command) {
  private static final int CONNECT_MILLIS = 200;

  /** What a process is stands at the head of its command or at the end. */
  private static final int HALF_COMMAND = 60;

  private static final String LISTENING = "0A";

  /** The holder of {@code port} on 127.0.0.1; empty if it can be bound. */
  public static Optional<PortHolder> find(int port) {
    if (isFree(port)) {
      return Optional.empty();
    }
    OptionalLong pid = pidFromProc(port);
    if (pid.isEmpty()) {
      pid = pidFromLsof(port);
    }
    return Optional.of(new PortHolder(port, pid, pid.isPresent() ? command(pid.getAsLong()) : ""));
  }

  @Override
  public String toString() {
    if (pid.isEmpty()) {
      return "a process that this user may not see (try: sudo lsof -nP -iTCP:"
          + port
          + " -sTCP:LISTEN)";
    }
    return "process " + pid.getAsLong() + (command.isEmpty() ? "" : " (" + command + ")");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      return false;
    }
    // Some systems let a specific address be bound beside a wildcard listener.
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** The socket's inode is in /proc/net/tcp; its holder has it among its open files. */
  private static OptionalLong pidFromProc(int port) {
    List<String> sockets =
        Stream.of("tcp", "tcp6")
            .map(table -> Path.of("/proc/net", table))
            .filter(Files::isReadable)
            .flatMap(PortHolder::lines)
            .map(line -> line.trim().split("\\s+"))
            .filter(fields -> fields.length > 9 && fields[3].equals(LISTENING))
            .filter(fields -> fields[1].endsWith(":%04X".formatted(port)))
            .map(fields -> "socket:[" + fields[9] + "]")
            .toList();
    if (sockets.isEmpty()) {
      return OptionalLong.empty();
    }
    return ProcessHandle.allProcesses()
        .mapToLong(ProcessHandle::pid)
        .filter(pid -> hasOpen(pid, sockets))
        .findFirst();
  }

  private static boolean hasOpen(long pid, List<String> sockets) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : files) {
        if (sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException | RuntimeException e) {
      // Another user's process, or one that has ended meanwhile.
      return false;
    }
  }

  private static OptionalLong pidFromLsof(int port) {
    try {
      Process lsof =
          new ProcessBuilder("lsof", "-nP", "-iTCP:" + port, "-sTCP:LISTEN", "-t")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      lsof.getOutputStream().close();
      if (!lsof.waitFor(5, TimeUnit.SECONDS)) {
        lsof.destroyForcibly();
        return OptionalLong.empty();
      }
      String output = new String(lsof.getInputStream().readAllBytes(), UTF_8);
      return output
          .lines()
          .filter(line -> line.matches("\\d+"))
          .mapToLong(Long::parseLong)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }

  private static String command(long pid) {
    String line = ProcessHandle.of(pid).flatMap(process -> process.info().commandLine()).orElse("");
    return line.length() <= 2 * HALF_COMMAND
        ? line
        : line.substring(0, HALF_COMMAND) + "…" + line.substring(line.length() - HALF_COMMAND);
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
