package io.downbeat.local.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.util.artifact.JavaScopes;
import org.eclipse.aether.util.filter.DependencyFilterUtils;

/**
 * The files that a server runs from, found by Maven coordinates with the user's own settings and
 * local repository. Each answer is remembered under {@code ~/.cache/downbeat/classpaths}; while its
 * files are there, nothing is resolved and no network is needed.
 *
 * <p>Thread-safe, across processes too.
 */
final class Artifacts {
  private static final Path REMEMBERED =
      Path.of(System.getProperty("user.home"), ".cache", "downbeat", "classpaths");

  private Artifacts() {}

  /** The jars of a server of {@code classpaths.properties}, dependencies included. */
  static List<Path> classpath(String server) {
    String coordinates = coordinates(server);
    return remembered(server, coordinates, context -> resolve(context, coordinates));
  }

  /** The jars of a server that comes as one archive, unpacked beside the remembered classpaths. */
  static List<Path> unpackedJars(String server) {
    String coordinates = coordinates(server);
    Path archive = remembered(server, coordinates, context -> fetch(context, coordinates)).get(0);
    Path directory =
        REMEMBERED.resolveSibling(archive.getFileName().toString().replace(".tar.gz", ""));
    try {
      if (!Files.exists(directory)) {
        Path unpacking = Files.createTempDirectory(REMEMBERED, server);
        unpack(archive, unpacking);
        moveUnlessThere(unpacking, directory);
      }
      try (Stream<Path> files = Files.walk(directory, 2)) {
        return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack " + archive, e);
    }
  }

  private static void unpack(Path archive, Path into) throws IOException {
    Process tar =
        new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", into.toString())
            .inheritIO()
            .start();
    int exit = tar.onExit().join().exitValue();
    if (exit != 0) {
      throw new IOException("tar ended with exit code " + exit);
    }
  }

  private static void moveUnlessThere(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.exists(to)) {
        throw e;
      }
    }
  }

  private interface Resolution {
    Stream<Artifact> in(Context context) throws RepositoryException;
  }

  private static List<Path> remembered(String server, String coordinates, Resolution resolution) {
    Path file =
        REMEMBERED.resolve(server + "-" + UUID.nameUUIDFromBytes(coordinates.getBytes(UTF_8)));
    try {
      if (Files.exists(file)) {
        List<Path> paths = Files.readAllLines(file).stream().map(Path::of).toList();
        if (paths.stream().allMatch(Files::exists)) {
          return paths;
        }
      }
      List<Path> paths;
      try (Context context =
          Runtimes.INSTANCE
              .getRuntime()
              .create(ContextOverrides.create().withUserSettings(true).build())) {
        paths = resolution.in(context).map(artifact -> artifact.getFile().toPath()).toList();
      } catch (RepositoryException e) {
        throw new IllegalStateException(
            "Cannot find the files of %s (%s): %s. They come from the repositories of your Maven settings."
                .formatted(server, coordinates, e.getMessage()),
            e);
      }
      Files.createDirectories(REMEMBERED);
      Path written = Files.createTempFile(REMEMBERED, server, ".new");
      Files.write(written, paths.stream().map(Path::toString).toList());
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      return paths;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remember the files of " + server, e);
    }
  }

  private static Stream<Artifact> resolve(Context context, String coordinates)
      throws RepositoryException {
    List<Dependency> wanted =
        Stream.of(coordinates.split(",\\s*"))
            .map(each -> new Dependency(new DefaultArtifact(each), JavaScopes.RUNTIME))
            .toList();
    CollectRequest collect = new CollectRequest(wanted, null, context.remoteRepositories());
    return context
        .repositorySystem()
        .resolveDependencies(
            context.repositorySystemSession(),
            new DependencyRequest(
                collect, DependencyFilterUtils.classpathFilter(JavaScopes.RUNTIME)))
        .getArtifactResults()
        .stream()
        .map(result -> result.getArtifact());
  }

  private static Stream<Artifact> fetch(Context context, String coordinates)
      throws RepositoryException {
    ArtifactRequest request =
        new ArtifactRequest(new DefaultArtifact(coordinates), context.remoteRepositories(), null);
    return Stream.of(
        context
            .repositorySystem()
            .resolveArtifact(context.repositorySystemSession(), request)
            .getArtifact());
  }

  private static String coordinates(String server) {
    try (InputStream in = Artifacts.class.getResourceAsStream("classpaths.properties")) {
      Properties all = new Properties();
      all.load(in);
      return all.getProperty(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
