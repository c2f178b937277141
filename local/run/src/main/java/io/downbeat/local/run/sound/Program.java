package io.downbeat.local.run.sound;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An executable file. Every run is bounded in time, and of what it says only the end is kept; it
 * ends with the thread that waits for it.
 *
 * @param environment what is set besides what this process has
 */
record Program(Path file, Map<String, String> environment) {
  private static final int MOST_KEPT = 1 << 20;
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  Program {
    environment = Map.copyOf(environment);
  }

  /**
   * @param path of folders, as the environment's PATH
   */
  static Optional<Program> find(String name, String path) {
    return Stream.of(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(file -> new Program(file, Map.of()));
  }

  record Said(int code, String out, String err) {}

  /**
   * @throws IOException if it can't be started
   * @throws CannotEncode if it is not done in time
   */
  Said run(List<String> arguments, Duration within) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(Stream.of(file.toString()), arguments.stream()).toList());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      Reading out = Reading.of(process.getInputStream());
      Reading err = Reading.of(process.getErrorStream());
      if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CannotEncode("it takes longer than " + within.toSeconds() + " s");
      }
      return new Said(process.exitValue(), out.text(), err.text());
    } finally {
      process.destroyForcibly();
    }
  }

  /** The end of what a program says, read as it comes. */
  private static final class Reading extends Thread {
    private final InputStream in;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    private Reading(InputStream in) {
      super("ffmpeg-says");
      this.in = in;
      setDaemon(true);
    }

    static Reading of(InputStream in) {
      Reading reading = new Reading(in);
      reading.start();
      return reading;
    }

    @Override
    public void run() {
      byte[] chunk = new byte[8 << 10];
      try (in) {
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
          synchronized (read) {
            if (read.size() > MOST_KEPT) {
              read.reset();
            }
            read.write(chunk, 0, length);
          }
        }
      } catch (IOException e) {
        // The program was ended.
      }
    }

    String text() throws InterruptedException {
      join(LAST_WORDS.toMillis());
      synchronized (read) {
        return read.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
