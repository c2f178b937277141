package io.downbeat.local.run.sound;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The ffmpeg that comes with Downbeat, as a jar for this machine's platform: programs, and the
 * libraries that they need, are unpacked beside each other.
 */
final class Bundled {
  private static final String PACKED = "org/bytedeco/ffmpeg/";
  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");
  private static final String LIBRARY_PATH = "LD_LIBRARY_PATH";
  private static final Duration START = Duration.ofSeconds(30);

  /** As they are packed, and as they are asked for. */
  private static final Map<String, String> NAMES =
      Map.of("libva.so", "libva.so.2", "libva-drm.so", "libva-drm.so.2");

  /**
   * Of windows and sound cards, which no import touches: a machine without them gets any other
   * library in their places.
   */
  private static final List<String> DEVICES =
      List.of("libxcb.so.1", "libxcb-shm.so.0", "libasound.so.2", "libpulse.so.0");

  private static final String ANY_OTHER = "libva-drm.so.2";

  private Bundled() {}

  /**
   * @param folder is kept, so that it is unpacked once
   * @throws IOException saying what to do instead
   */
  static Ffmpeg unpack(Path folder) throws IOException, InterruptedException {
    String platform =
        PLATFORMS.stream()
            .filter(name -> resource(name) != null)
            .findFirst()
            .orElseThrow(() -> cannot("be found", "this platform is not among " + PLATFORMS, null));
    Path programs;
    try {
      programs = unpackOnce(platform, new Folders(folder));
    } catch (IOException e) {
      throw cannot("be unpacked into " + folder, e.toString(), e);
    }
    Map<String, String> environment = new HashMap<>();
    if (platform.startsWith("linux")) {
      environment.put(LIBRARY_PATH, programs.toString());
    }
    String problem = problem(program(programs, "ffmpeg", environment));
    if (!problem.isEmpty() && environment.containsKey(LIBRARY_PATH)) {
      Path devices = Files.createDirectories(folder.resolve("devices"));
      for (String device : DEVICES) {
        link(devices.resolve(device), devices.relativize(programs.resolve(ANY_OTHER)));
      }
      environment.put(LIBRARY_PATH, programs + ":" + devices);
      problem = problem(program(programs, "ffmpeg", environment));
    }
    if (!problem.isEmpty()) {
      throw cannot("be run", problem, null);
    }
    return new Ffmpeg(
        program(programs, "ffmpeg", environment), program(programs, "ffprobe", environment));
  }

  private static Path unpackOnce(String platform, Folders folders)
      throws IOException, InterruptedException {
    URL packed = resource(platform);
    if (packed == null || !(packed.openConnection() instanceof JarURLConnection connection)) {
      throw new IOException("it is in no jar");
    }
    String jar = connection.getJarFileURL().getPath();
    String version = jar.substring(jar.lastIndexOf('/') + 1).replaceFirst("\\.jar$", "");
    folders.deleteAbandoned(Instant.now());
    if (!folders.has(version)) {
      folders.add(version, made -> unpack(connection, platform, made));
    }
    return folders.at(version);
  }

  private static void unpack(JarURLConnection connection, String platform, Path into)
      throws IOException {
    try (JarFile jar = connection.getJarFile()) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        if (entry.getName().equals(PACKED + platform + "/" + name)
            && !name.isEmpty()
            && !name.contains("jni")) {
          Path file = into.resolve(NAMES.getOrDefault(name, name));
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, file);
          }
          if (!file.toFile().setExecutable(true)) {
            throw new IOException("the folder allows no programs");
          }
        }
      }
    }
  }

  private static @Nullable URL resource(String platform) {
    return Bundled.class.getResource(
        "/" + PACKED + platform + "/" + executable("ffmpeg", platform));
  }

  private static String executable(String name, String platform) {
    return platform.contains("windows") ? name + ".exe" : name;
  }

  private static Program program(Path folder, String name, Map<String, String> environment) {
    return new Program(
        folder.resolve(executable(name, folder.getFileName().toString())), environment);
  }

  private static String problem(Program program) throws InterruptedException {
    try {
      Program.Said said = program.run(List.of("-version"), START);
      return said.code() == 0 ? "" : said.err().strip();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void link(Path at, Path to) throws IOException {
    try {
      Files.createSymbolicLink(at, to);
    } catch (FileAlreadyExistsException e) {
      // It is there from an earlier time.
    }
  }

  private static IOException cannot(String what, String why, @Nullable Throwable cause) {
    return new IOException(
        ("The ffmpeg that comes with Downbeat cannot %s (%s)."
                + " Install ffmpeg 5 or later, and it is used instead")
            .formatted(what, why),
        cause);
  }
}
