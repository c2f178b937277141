package io.downbeat.local.servers;

import io.downbeat.local.servers.jvm.ChildJvm;
import io.downbeat.local.servers.setup.SetupSteps;
import io.downbeat.schemas.Tables;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What running servers need before an app starts. Every step may be repeated: it leaves what is
 * there and adds what is missing.
 *
 * <p>The clients that it uses live in a class loader of their own, so a caller may have others, or
 * none. Thread-safe.
 */
public final class Setup {
  private Setup() {}

  /**
   * Creates every topic of {@link Topics#ALL}; fails where one exists with another partition count.
   */
  public static void topics(String bootstrapServers, String prefix) {
    topics(bootstrapServers, prefix, Topics.ALL);
  }

  public static void topics(String bootstrapServers, String prefix, List<Topic<?>> topics) {
    run(
        steps ->
            steps.topics(
                bootstrapServers,
                topics.stream()
                    .map(
                        topic ->
                            new SetupSteps.Topic(
                                prefix + topic.name(), topic.partitions(), topic.config()))
                    .toList()));
  }

  /**
   * Registers every value schema of {@link Topics#ALL}, FULL_TRANSITIVE; fails where the registry
   * finds one incompatible.
   */
  public static void subjects(URI registry, String prefix) {
    subjects(registry, prefix, Topics.ALL);
  }

  public static void subjects(URI registry, String prefix, List<Topic<?>> topics) {
    run(
        steps ->
            steps.subjects(
                registry,
                topics.stream()
                    .map(topic -> topic.withPrefix(prefix))
                    .map(
                        topic -> new SetupSteps.Subject(topic.subject(), topic.schema().toString()))
                    .toList()));
  }

  /**
   * Creates the keyspace and applies each file of {@link Tables#files} that its table {@code
   * schema_changes} doesn't name yet. A file that fails half way is applied again from its start.
   */
  public static void keyspace(
      InetSocketAddress contactPoint, String datacenter, String keyspace, int replicationFactor) {
    run(
        steps ->
            steps.keyspace(
                contactPoint,
                datacenter,
                keyspace,
                replicationFactor,
                Tables.files().stream()
                    .map(file -> new SetupSteps.Change(file.name(), file.statements()))
                    .toList()));
  }

  /** Whether this node has an answer of all nodes of its cluster. */
  static boolean reachesAll(InetSocketAddress contactPoint, String datacenter) {
    return Isolated.STEPS.reachesAll(contactPoint, datacenter);
  }

  /** Deletes every topic whose name starts with {@code prefix}. */
  public static void dropTopics(String bootstrapServers, String prefix) {
    run(steps -> steps.dropTopics(bootstrapServers, prefix));
  }

  public static void dropKeyspace(
      InetSocketAddress contactPoint, String datacenter, String keyspace) {
    run(steps -> steps.dropKeyspace(contactPoint, datacenter, keyspace));
  }

  /** With the clients' own loader as the thread's, because Kafka's looks up its parts there. */
  static void run(Consumer<SetupSteps> step) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(Isolated.STEPS.getClass().getClassLoader());
    try {
      step.accept(Isolated.STEPS);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static final class Isolated {
    static final SetupSteps STEPS = load();

    private static SetupSteps load() {
      Stream<Path> jars =
          Stream.concat(Artifacts.classpath("setup").stream(), Stream.of(ChildJvm.ownClasses()));
      URLClassLoader loader =
          new URLClassLoader("setup", jars.map(Isolated::url).toArray(URL[]::new), new Shared());
      try {
        return Class.forName("io.downbeat.local.servers.setup.ServerSetup", true, loader)
            .asSubclass(SetupSteps.class)
            .getConstructor()
            .newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Cannot load the clients of the set-up", e);
      }
    }

    private static URL url(Path path) {
      try {
        return path.toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(e);
      }
    }
  }

  /** The JDK, and of our own classes only the ones that both sides speak. */
  private static final class Shared extends ClassLoader {
    Shared() {
      super(getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith(SetupSteps.class.getName())) {
        return Class.forName(name, true, SetupSteps.class.getClassLoader());
      }
      throw new ClassNotFoundException(name);
    }
  }
}
