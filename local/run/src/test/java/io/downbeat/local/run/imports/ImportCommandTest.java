package io.downbeat.local.run.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.api.RecordingApi;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as a process of its own. */
class ImportCommandTest {

  private static final int ROWS = 20_000;
  private static final int IN_FLIGHT = 2;

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();
  private RecordingApi api;
  private Path file;

  /** What the child runs. */
  static final class Main {
    public static void main(String[] args) {
      System.exit(new CommandLine(new ImportCommand()).execute(args));
    }
  }

  @BeforeEach
  void start() throws IOException {
    api = new RecordingApi();
    file =
        Files.write(
            folder.resolve("plays.tsv.gz"),
            ImportFiles.gzip(ImportFiles.radioPlays(ROWS).getBytes(UTF_8)));
    Files.createDirectories(folder.resolve(".downbeat"));
    Files.writeString(folder.resolve(".downbeat/service-key"), "secret\n");
  }

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
    api.close();
  }

  @Test
  void killedImportGoesOnWhereItWas() throws Exception {
    api.answerMillis = 150;
    Process killed = start("plays");
    await(() -> api.requests() >= 8);
    killed.destroyForcibly().waitFor();
    int before = api.accepted.size();
    api.answerMillis = 0;

    Process again = start("plays");

    assertThat(again.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String output = output(again);
    assertThat(again.exitValue()).as(output).isZero();
    assertThat(output)
        .contains("going on after line")
        .contains("20,000 rows: 20,000 sent, 20,000 accepted, 0 duplicates, 0 refused")
        .doesNotContain("secret");
    Set<String> ids = new HashSet<>();
    api.accepted.forEach(play -> ids.add(play.get("play_id").asText()));
    assertThat(ids).hasSize(ROWS);
    assertThat(before).isBetween(5000, ROWS - 1);
    assertThat(api.accepted.size() - ROWS).isBetween(0, 2 * IN_FLIGHT * Batch.MAX_OBJECTS);
  }

  @Test
  void interruptedImportSaysHowToGoOn() throws Exception {
    api.answerMillis = 150;
    Process interrupted = start("plays");
    await(() -> api.requests() >= 6);

    interrupted.destroy();

    assertThat(interrupted.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(output(interrupted))
        .containsPattern(
            "\\d,000 rows of plays.tsv.gz are done. The same command again goes on from there.");
  }

  @Test
  void dryRunSendsNothingAndNeedsNoKey() throws Exception {
    Files.delete(folder.resolve(".downbeat/service-key"));

    Process dry = start("plays", "--dry-run");
    Process wet = start("plays");

    assertThat(dry.waitFor()).isZero();
    assertThat(output(dry)).contains("20,000 rows: 20,000 would be sent, 0 refused");
    assertThat(wet.waitFor()).isEqualTo(1);
    assertThat(output(wet)).contains("There is no service key at").contains("./downbeat up");
    assertThat(api.requests()).isZero();
  }

  @Test
  void helpNamesTheShapesAndUsageErrorsAreExitCodeTwo() throws Exception {
    Process help = start("catalog", "--help");
    Process wrong = start("plays", "--in-flight", "0");

    assertThat(help.waitFor()).isZero();
    assertThat(output(help)).contains("Examples:").contains("a streaming catalogue (TSV, CSV)");
    assertThat(wrong.waitFor()).isEqualTo(2);
    assertThat(output(wrong)).contains("--in-flight is 0: it is from 1 to 64");
  }

  private Process start(String kind, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-Ddownbeat.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                kind,
                "--url",
                api.uri().toString(),
                "--in-flight",
                Integer.toString(IN_FLIGHT)));
    if (options.length > 0 && options[0].equals("--in-flight")) {
      command.subList(command.size() - 2, command.size()).clear();
    }
    command.addAll(List.of(options));
    command.add(file.toString());
    File output = folder.resolve("output-" + started.size()).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    builder.environment().remove("DOWNBEAT_DATA_DIR");
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private String output(Process process) throws IOException {
    return Files.readString(folder.resolve("output-" + started.indexOf(process)));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
