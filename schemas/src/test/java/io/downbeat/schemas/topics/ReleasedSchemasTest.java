package io.downbeat.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was released stays readable: every version in {@code avro-released/<topic>/} reads today's
 * records and is read by today's schema (FULL_TRANSITIVE).
 */
class ReleasedSchemasTest {
  private static final Path RELEASED = Path.of("avro-released");

  static Stream<Topic<?>> topics() {
    return Topics.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("topics")
  void schemaReadsAndIsReadByEveryReleasedVersion(Topic<?> topic) throws IOException {
    List<Path> versions;
    try (Stream<Path> files = Files.list(RELEASED.resolve(topic.name()))) {
      versions = files.sorted().toList();
    }
    assertThat(versions).as("released versions of " + topic.name()).isNotEmpty();
    for (Path version : versions) {
      Schema released = new Schema.Parser().parse(Files.readString(version));
      assertCanRead(topic.schema(), released, version + " by today's schema");
      assertCanRead(released, topic.schema(), "today's records by " + version);
    }
  }

  private static void assertCanRead(Schema reader, Schema writer, String what) {
    SchemaPairCompatibility answer =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    assertThat(answer.getType())
        .as("Reading %s: %s", what, answer.getResult().getIncompatibilities())
        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
  }
}
