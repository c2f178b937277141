package io.downbeat.local.servers;

import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The lake's catalog: Iceberg's REST protocol, with the tables' files in {@link #warehouse}. */
public record LakeCatalog(Path home, int port) implements Server {
  private static final List<String> JVM_ARGS =
      List.of(
          "-Xms32m",
          "-Xmx192m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  @Override
  public String name() {
    return "lake-catalog";
  }

  /** What an engine calls {@code uri}, beside {@code type=rest}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A {@code file:///} URI. */
  public URI warehouse() {
    return URI.create("file://" + data().resolve("warehouse").toUri().getPath());
  }

  @Override
  public ChildJvm.Spec prepare() {
    try {
      Files.createDirectories(data());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create " + data(), e);
    }
    return new ChildJvm.Spec(
            home,
            name(),
            Artifacts.classpath(name()),
            "io.downbeat.local.servers.lake.LakeCatalogMain",
            Ready.answers(uri().resolve("/v1/namespaces")))
        .withJvmArgs(JVM_ARGS)
        .withArgs(
            Integer.toString(port),
            data().resolve("catalog.db").toString(),
            warehouse().toString());
  }

  private Path data() {
    return home.resolve(name()).toAbsolutePath().normalize();
  }
}
