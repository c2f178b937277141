package io.downbeat.local.run.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  @TempDir Path directory;

  @Test
  void is256BitsThatOnlyTheOwnerReads() throws IOException {
    Path file = directory.resolve("service-key");
    SecretFile.ensure(file);
    assertThat(Base64.getUrlDecoder().decode(Files.readString(file).strip())).hasSize(32);
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(directory)
        .isDirectoryContaining(file::equals)
        .isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void staysWhatItIsAndIsClosedToOthers() throws IOException {
    Path file = directory.resolve("service-key");
    Files.writeString(file, "chosen");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    SecretFile.ensure(file);
    assertThat(file).hasContent("chosen");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void twoHomesHaveTwoKeys() throws IOException {
    Path one = directory.resolve("one");
    Path other = directory.resolve("other");
    SecretFile.ensure(one);
    SecretFile.ensure(other);
    assertThat(Files.readString(one)).isNotEqualTo(Files.readString(other));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
