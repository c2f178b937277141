package io.downbeat.local.servers;

import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.jvm.Ready;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A schema registry that speaks Confluent's API. Each start sets its global compatibility to
 * FULL_TRANSITIVE; ids stay what they were, because they are stored with the schemas.
 */
public record Registry(Path home, int port) implements Server {
  private static final List<String> JVM_ARGS =
      List.of(
          "-Xms16m",
          "-Xmx128m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError");

  @Override
  public String name() {
    return "registry";
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port + "/apis/ccompat/v7");
  }

  @Override
  public ChildJvm.Spec prepare() {
    Path data = home.resolve(name()).toAbsolutePath();
    HttpRequest fullTransitive =
        HttpRequest.newBuilder(URI.create(url() + "/config"))
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\":\"FULL_TRANSITIVE\"}"))
            .build();
    return new ChildJvm.Spec(
            home,
            name(),
            Artifacts.unpackedJars(name()),
            "io.quarkus.runner.GeneratedMain",
            new Ready.Answers(fullTransitive))
        .withJvmArgs(JVM_ARGS)
        .withJvmArgs(
            List.of(
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.http.access-log.enabled=false",
                "-Dapicurio.datasource.url=jdbc:h2:file:" + data.resolve("registry")));
  }
}
