package io.downbeat.local.run.sound;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The ffmpeg that comes with Downbeat, unpacked where it is told: programs, and the libraries that
 * they need, beside each other.
 */
final class Bundled {
  private static final String LIBRARY_PATH = "LD_LIBRARY_PATH";
  private static final Duration START = Duration.ofSeconds(30);

  /** As they are packed, and as they are asked for. */
  private static final Map<String, String> LINKS =
      Map.of("libva.so.2", "libva.so", "libva-drm.so.2", "libva-drm.so");

  /**
   * Of windows and sound cards, which no import touches: a machine without them gets any other
   * library in their places.
   */
  private static final List<String> DEVICES =
      List.of("libxcb.so.1", "libxcb-shm.so.0", "libasound.so.2", "libpulse.so.0");

  private Bundled() {}

  /**
   * @param folder is kept, so that it is unpacked once
   * @throws IOException saying what to do instead
   */
  static Ffmpeg unpack(Path folder) throws IOException, InterruptedException {
    Path ffmpeg;
    Path ffprobe;
    try {
      Files.createDirectories(folder);
      System.setProperty("org.bytedeco.javacpp.cachedir", folder.toString());
      ffmpeg = Path.of(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class));
      ffprobe = Path.of(Loader.load(org.bytedeco.ffmpeg.ffprobe.class));
    } catch (IOException | RuntimeException | LinkageError e) {
      throw cannot("be unpacked into " + folder, e.toString(), e);
    }
    Map<String, String> environment = new HashMap<>();
    Path libraries = ffmpeg.resolveSibling("");
    if (System.getProperty("os.name").equals("Linux")) {
      environment.put(LIBRARY_PATH, libraries.toString());
      for (Map.Entry<String, String> link : LINKS.entrySet()) {
        link(libraries.resolve(link.getKey()), link.getValue());
      }
    }
    String problem = problem(new Program(ffmpeg, environment));
    if (!problem.isEmpty() && environment.containsKey(LIBRARY_PATH)) {
      Path instead = Files.createDirectories(folder.resolve("devices"));
      for (String device : DEVICES) {
        link(instead.resolve(device), libraries.resolve("libva-drm.so").toString());
      }
      environment.put(LIBRARY_PATH, libraries + ":" + instead);
      problem = problem(new Program(ffmpeg, environment));
    }
    if (!problem.isEmpty()) {
      throw cannot("be run", problem, null);
    }
    return new Ffmpeg(new Program(ffmpeg, environment), new Program(ffprobe, environment));
  }

  private static String problem(Program program) throws InterruptedException {
    try {
      Program.Said said = program.run(List.of("-version"), START);
      return said.code() == 0 ? "" : said.err().strip();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void link(Path at, String to) throws IOException {
    try {
      Files.createSymbolicLink(at, Path.of(to));
    } catch (FileAlreadyExistsException e) {
      // It is there from an earlier time.
    }
  }

  private static IOException cannot(String what, String why, @Nullable Throwable cause) {
    return new IOException(
        "The ffmpeg that comes with Downbeat cannot %s (%s). Install ffmpeg 4.4 or later, and it is used instead"
            .formatted(what, why),
        cause);
  }
}
