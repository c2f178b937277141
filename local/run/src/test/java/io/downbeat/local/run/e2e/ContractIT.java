package io.downbeat.local.run.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The running platform against its own contract, with requests that schemathesis invents. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractIT {
  private static final Path RUN = Path.of("src/test/contract/run").toAbsolutePath();
  private static final String PASSWORD = "correct horse battery";

  /** After these a token is worth nothing. */
  private static final List<String> ENDING =
      List.of("deleteSessions", "deleteCurrentSession", "postDeletion", "putPassword");

  @TempDir static Path directory;

  private LocalPlatform platform;

  @BeforeAll
  void start() throws Exception {
    assumeTrue(
        new ProcessBuilder("python3", "-m", "venv", "--help").start().waitFor() == 0,
        "schemathesis wants Python with venv");
    platform = new LocalPlatform(directory);
    platform.run("up", "--detach");
  }

  @AfterAll
  void stop() throws Exception {
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  void whatAListenerSends() throws Exception {
    assertConforms(signedIn("mira@example.org"), without(ENDING));
  }

  @Test
  void whatEndsASession() throws Exception {
    for (String operation : ENDING) {
      assertConforms(signedIn(operation + "@example.org"), "--include-operation-id " + operation);
    }
  }

  @Test
  void whatATrustedCallerSends() throws Exception {
    String key = Files.readString(directory.resolve(".downbeat/service-key")).strip();
    assertConforms("Bearer " + key, without(ENDING));
  }

  @Test
  void whatAStrangerSends() throws Exception {
    assertConforms("Bearer nobody", "");
  }

  private static String without(List<String> operations) {
    return operations.stream()
        .map(operation -> "--exclude-operation-id " + operation)
        .collect(Collectors.joining(" "));
  }

  private String signedIn(String email) throws Exception {
    platform.send(
        "POST",
        "/v1/accounts",
        "{\"email\": \"%s\", \"password\": \"%s\", \"name\": \"Mira\"}".formatted(email, PASSWORD));
    String token =
        platform.signIn(
            "{\"email\": \"%s\", \"password\": \"%s\", \"device\": {\"type\": \"tv\", \"name\": \"sofa\"}}"
                .formatted(email, PASSWORD));
    assertThat(token).isNotEmpty();
    return "Bearer " + token;
  }

  private void assertConforms(String authorization, String options) throws Exception {
    LocalPlatform.Result result =
        platform.bash(
            "'%s' http://127.0.0.1:%d 'Authorization: %s' -- --max-examples 10 --seed 1 %s"
                .formatted(RUN, platform.port("API"), authorization, options));
    String cases =
        Stream.of(result.output().split("\n"))
            .filter(line -> line.contains(" generated"))
            .collect(Collectors.joining());
    System.out.println(cases.strip());
    assertThat(result.code()).as(result.output()).isZero();
    assertThat(cases).isNotEmpty();
  }
}
