package io.downbeat.local.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.local.servers.setup.SetupSteps;
import io.downbeat.schemas.Tables;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SetupIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();

  @Test
  void topicsAreCreatedOnceWithTheirPartitionsAndSettings() throws Exception {
    Fresh fresh = SERVERS.fresh().createTopics().createTopics();

    try (Admin admin = Admin.create(Map.of("bootstrap.servers", fresh.bootstrapServers()))) {
      Map<String, Integer> partitions =
          admin
              .describeTopics(
                  Topics.ALL.stream().map(topic -> fresh.topicPrefix() + topic.name()).toList())
              .allTopicNames()
              .get()
              .entrySet()
              .stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey, topic -> topic.getValue().partitions().size()));
      assertThat(partitions)
          .isEqualTo(
              Topics.ALL.stream()
                  .collect(
                      Collectors.toMap(
                          topic -> fresh.topicPrefix() + topic.name(), Topic::partitions)));
    }
  }

  @Test
  void aTopicThatIsThereGetsTheSettingsThatItLacks() throws Exception {
    Topic<?> before =
        new Topic<>("albums", Topics.ALBUMS.valueType(), 4, Map.of("retention.ms", "1000"));
    Topic<?> after =
        new Topic<>(
            "albums",
            Topics.ALBUMS.valueType(),
            4,
            Map.of("retention.ms", "2000", "delete.retention.ms", "3000"));
    Fresh fresh = SERVERS.fresh().createTopics(List.of(before)).createTopics(List.of(after));
    ConfigResource topic =
        new ConfigResource(ConfigResource.Type.TOPIC, fresh.topicPrefix() + "albums");

    try (Admin admin = Admin.create(Map.of("bootstrap.servers", fresh.bootstrapServers()))) {
      Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
      assertThat(config.get("delete.retention.ms").value()).isEqualTo("3000");
      assertThat(config.get("retention.ms").value()).as("set on it before").isEqualTo("1000");
    }
  }

  @Test
  void anotherPartitionCountIsRefused() {
    Fresh fresh = SERVERS.fresh().createTopics(List.of(Topics.PLAYS));
    int other = Topics.PLAYS.partitions() + 1;
    Topic<?> wider = new Topic<>("plays", Topics.PLAYS.valueType(), other, Map.of());

    assertThatThrownBy(
            () -> Setup.topics(fresh.bootstrapServers(), fresh.topicPrefix(), List.of(wider)))
        .hasMessageContaining(fresh.topicPrefix() + "plays")
        .hasMessageContaining(Topics.PLAYS.partitions() + " partitions")
        .hasMessageContaining("should have " + other);
  }

  @Test
  void anIncompatibleSchemaIsRefusedByName() {
    Fresh fresh = SERVERS.fresh().createTopics(List.of(Topics.PLAYS));
    SetupSteps.Subject other =
        new SetupSteps.Subject(
            fresh.topicPrefix() + "plays-value",
            """
            {"type": "record", "name": "Play", "namespace": "io.downbeat.schemas.avro",
             "fields": [{"name": "other", "type": "string"}]}""");

    assertThatThrownBy(
            () -> Setup.run(steps -> steps.subjects(fresh.registryUrl(), List.of(other))))
        .hasMessageContaining(other.name())
        .hasMessageContaining("409");
  }

  @Test
  void eachTableFileIsAppliedOnce() {
    Fresh fresh = SERVERS.fresh().createTables().createTables();

    try (CqlSession session =
        CqlSession.builder()
            .addContactPoint(fresh.cassandra())
            .withLocalDatacenter(fresh.datacenter())
            .withKeyspace(fresh.keyspace())
            .build()) {
      List<String> applied =
          session.execute("SELECT name FROM schema_changes").all().stream()
              .map(row -> row.getString("name"))
              .toList();
      assertThat(applied)
          .containsExactlyInAnyOrderElementsOf(
              Tables.files().stream().map(Tables.CqlFile::name).toList());
    }
  }
}
