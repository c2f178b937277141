package io.downbeat.local.servers.setup;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/**
 * Topics of one broker or cluster. Each new one gets the cluster's own replication factor. One that
 * is there gets the settings that it has no value of its own for: what was set on it stays.
 */
final class KafkaSetup implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final String bootstrapServers;
  private final Admin admin;

  KafkaSetup(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    int limitMillis = Math.toIntExact(LIMIT.toMillis());
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "default.api.timeout.ms", limitMillis,
                "request.timeout.ms", limitMillis / 2));
  }

  void create(List<SetupSteps.Topic> topics) {
    Set<String> present = get("list the topics", admin.listTopics().names());
    admin
        .createTopics(
            topics.stream()
                .filter(topic -> !present.contains(topic.name()))
                .map(
                    topic ->
                        new NewTopic(
                                topic.name(), Optional.of(topic.partitions()), Optional.empty())
                            .configs(topic.config()))
                .toList())
        .values()
        .forEach(this::created);
    List<SetupSteps.Topic> kept =
        topics.stream().filter(topic -> present.contains(topic.name())).toList();
    Map<String, TopicDescription> found =
        get(
            "describe the topics",
            admin
                .describeTopics(kept.stream().map(SetupSteps.Topic::name).toList())
                .allTopicNames());
    kept.forEach(
        topic -> check(topic, requireNonNull(found.get(topic.name())).partitions().size()));
    configure(kept);
  }

  private void configure(List<SetupSteps.Topic> topics) {
    Map<ConfigResource, Config> found =
        get(
            "read the topics' settings",
            admin.describeConfigs(topics.stream().map(KafkaSetup::resource).toList()).all());
    Map<ConfigResource, Collection<AlterConfigOp>> missing = new HashMap<>();
    for (SetupSteps.Topic topic : topics) {
      Config own = requireNonNull(found.get(resource(topic)));
      List<AlterConfigOp> added =
          topic.config().entrySet().stream()
              .filter(setting -> !isOwn(own.get(setting.getKey())))
              .map(setting -> new ConfigEntry(setting.getKey(), setting.getValue()))
              .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
              .toList();
      if (!added.isEmpty()) {
        missing.put(resource(topic), added);
      }
    }
    get("set the topics' settings", admin.incrementalAlterConfigs(missing).all());
  }

  private static ConfigResource resource(SetupSteps.Topic topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
  }

  private static boolean isOwn(@Nullable ConfigEntry entry) {
    return entry != null && entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG;
  }

  void drop(String prefix) {
    List<String> names =
        get("list the topics", admin.listTopics().names()).stream()
            .filter(name -> name.startsWith(prefix))
            .toList();
    get("delete topics", admin.deleteTopics(names).all());
  }

  @Override
  public void close() {
    admin.close(LIMIT);
  }

  private void created(String topic, KafkaFuture<Void> future) {
    try {
      future.get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw failure("create topic " + topic, e);
      }
    } catch (InterruptedException e) {
      throw interrupted("create topic " + topic, e);
    }
  }

  private static void check(SetupSteps.Topic topic, int partitions) {
    if (partitions != topic.partitions()) {
      throw new IllegalStateException(
          ("Cannot use topic %s: it has %d partitions and should have %d. The count decides which records keep their order, so"
                  + " it isn't changed: copy the topic into a new one, or delete it if its records may go.")
              .formatted(topic.name(), partitions, topic.partitions()));
    }
  }

  private <T> T get(String what, KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failure(what, e);
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  private IllegalStateException failure(String what, ExecutionException e) {
    return new IllegalStateException(
        "Cannot %s at %s: %s".formatted(what, bootstrapServers, e.getCause()), e);
  }

  private static IllegalStateException interrupted(String what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("Interrupted before this was known to be done: " + what, e);
  }
}
