package io.downbeat.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.schemas.Tables.CqlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TablesTest {
  private static final Path FOLDER = Path.of("src/main/resources/cassandra");

  @Test
  void everyFileIsAppliedInTheOrderOfItsNumber() throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.list(FOLDER)) {
      names = files.map(file -> file.getFileName().toString()).sorted().toList();
    }
    assertThat(Tables.files()).extracting(CqlFile::name).isEqualTo(names);
    for (int i = 0; i < names.size(); i++) {
      assertThat(names.get(i)).startsWith("%03d_".formatted(i + 1)).endsWith(".cql");
    }
  }

  @Test
  void everyFileNamesItsWriterAndReadersAndChangesSomething() throws IOException {
    for (CqlFile file : Tables.files()) {
      assertThat(Files.readString(FOLDER.resolve(file.name())))
          .containsPattern("(?m)^-- writer: \\S+ +readers: \\S+");
      assertThat(file.statements()).isNotEmpty().noneMatch(cql -> cql.contains("--"));
    }
  }
}
