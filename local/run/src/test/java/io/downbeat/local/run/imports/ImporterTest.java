package io.downbeat.local.run.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.Kind;
import io.downbeat.local.run.api.RecordingApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImporterTest {

  private static final int ROWS = 6500;
  private static final int BATCHES = 7;
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path folder;
  private RecordingApi api;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    api = new RecordingApi();
    file = write(ROWS);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void everyPlayArrivesOnceInFullBatchesOfFewAtATime() throws Exception {
    api.answerMillis = 20;

    Tally tally = run(Kind.PLAYS, 3, LONG, false);

    assertThat(tally).isEqualTo(new Tally(ROWS, ROWS, ROWS, 0, 0));
    assertThat(playIds()).hasSize(ROWS).doesNotHaveDuplicates();
    assertThat(api.requests()).isEqualTo(BATCHES);
    assertThat(api.mostAtOnce()).isBetween(2, 3);
    assertThat(new HashSet<>(api.headers)).containsExactly("Bearer secret application/json");
    assertThat(left()).isEmpty();
  }

  @Test
  void catalogueGoesOneBatchAfterTheOtherInTheFilesOrder() throws Exception {
    Tally tally = run(Kind.CATALOG, 3, LONG, false);

    assertThat(api.mostAtOnce()).isEqualTo(1);
    assertThat(tally.sent()).isEqualTo(ROWS + 1).isEqualTo(tally.accepted());
    assertThat(api.accepted)
        .extracting(line -> line.path("title").asText(line.path("name").asText()))
        .startsWith("A", "t0", "t1", "t2")
        .endsWith("t" + (ROWS - 1));
    assertThat(new HashSet<>(api.headers)).containsExactly("Bearer secret application/x-ndjson");
  }

  @Test
  void whatPassesIsTriedAgainWithTheSameIds() throws Exception {
    List<RecordingApi.Trouble> troubles =
        List.of(
            new RecordingApi.Trouble(503, "0", "{}"),
            new RecordingApi.Trouble(429, "1", ""),
            new RecordingApi.Trouble(502, null, "<html>"),
            new RecordingApi.Trouble(0, null, ""));
    api.troubles = request -> request < 2 * troubles.size() ? troubles.get(request / 2) : null;

    Tally tally = run(Kind.PLAYS, 4, LONG, false);

    assertThat(tally).isEqualTo(new Tally(ROWS, ROWS, ROWS, 0, 0));
    assertThat(playIds()).hasSize(ROWS).doesNotHaveDuplicates();
    assertThat(api.requests()).isEqualTo(BATCHES + 2 * troubles.size());
  }

  @Test
  void askedPauseIsKept() throws Exception {
    api.troubles = request -> request == 0 ? new RecordingApi.Trouble(429, "1", "") : null;
    long start = System.nanoTime();

    run(Kind.PLAYS, 1, LONG, false);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 413, 422})
  void whatDoesNotPassStopsAtOnceAndSaysWhy(int status) {
    api.troubles = request -> new RecordingApi.Trouble(status, null, "{\"detail\":\"not so\"}");

    assertThatThrownBy(() -> run(Kind.PLAYS, 1, LONG, false))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Stopped: ")
        .hasMessageContaining("HTTP " + status + ": not so")
        .hasMessageNotContaining("secret");
    assertThat(api.requests()).isEqualTo(1);
  }

  @Test
  void patienceEnds() {
    api.troubles = request -> new RecordingApi.Trouble(503, null, "{\"title\":\"no broker\"}");

    assertThatThrownBy(() -> run(Kind.PLAYS, 2, Duration.ofMillis(500), false))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Stopped: for 0 s no batch went through; the last trouble: HTTP 503: no broker");
  }

  @Test
  void wrongAnswerIsNotTakenForAnAcknowledgement() {
    api.troubles = request -> new RecordingApi.Trouble(200, null, "<html>It works!</html>");

    assertThatThrownBy(() -> run(Kind.PLAYS, 2, LONG, false))
        .hasMessageContaining("is not Downbeat's");
    assertThat(api.accepted).isEmpty();
    api.troubles = request -> new RecordingApi.Trouble(202, null, "{\"accepted\":999}");
    assertThatThrownBy(() -> run(Kind.PLAYS, 2, LONG, false))
        .hasMessageContaining("answers for 999 objects of a batch of 1000");
  }

  @Test
  void stoppedImportGoesOnBehindWhatWasAcknowledged() throws Exception {
    refuseRow(1500);
    refuseRow(3500);
    api.troubles = request -> request < 3 ? null : new RecordingApi.Trouble(401, null, "");
    assertThatThrownBy(() -> run(Kind.PLAYS, 1, LONG, false)).hasMessageContaining("service key");
    assertThat(left()).anyMatch(name -> name.endsWith(".json"));
    int before = api.accepted.size();
    api.troubles = request -> null;

    Tally tally = run(Kind.PLAYS, 1, LONG, false);

    assertThat(before).isEqualTo(3000);
    assertThat(tally).isEqualTo(new Tally(ROWS, ROWS - 2, ROWS - 2, 0, 2));
    assertThat(playIds()).hasSize(ROWS - 2).doesNotHaveDuplicates();
    assertThat(refused())
        .containsExactly(
            "line\tfield\treason\trow",
            "1502\tduration_s\tis blank\t2014-01-01T00:25:00\tp\tA\tt1500\t \t ",
            "3502\tduration_s\tis blank\t2014-01-01T00:58:20\tp\tA\tt3500\t \t ");
    assertThat(left()).singleElement().asString().endsWith(".refused.tsv");
  }

  @Test
  void refusedRowsWrittenAfterTheBookmarkAreNotWrittenTwice() throws Exception {
    refuseRow(10);
    refuseRow(2500);
    api.troubles = request -> request < 2 ? null : new RecordingApi.Trouble(401, null, "");
    assertThatThrownBy(() -> run(Kind.PLAYS, 1, LONG, false)).isInstanceOf(IOException.class);
    Path table;
    try (Stream<Path> files = Files.list(folder.resolve("imports"))) {
      table = files.filter(path -> path.toString().endsWith(".refused.tsv")).findFirst().get();
    }
    Files.writeString(table, Files.readString(table) + "2502\tduration_s\twritten, then killed\n");
    api.troubles = request -> null;

    run(Kind.PLAYS, 1, LONG, false);

    assertThat(refused())
        .extracting(line -> line.split("\t")[0])
        .containsExactly("line", "12", "2502");
  }

  @Test
  void goingOnKnowsWhatEarlierRowsSaidOfTheCatalogue() throws Exception {
    api.troubles = request -> request < 3 ? null : new RecordingApi.Trouble(401, null, "");
    assertThatThrownBy(() -> run(Kind.CATALOG, 1, LONG, false)).isInstanceOf(IOException.class);
    api.troubles = request -> null;

    run(Kind.CATALOG, 1, LONG, false);

    assertThat(api.accepted)
        .filteredOn(line -> line.get("type").asText().equals("artist"))
        .hasSize(1);
    assertThat(api.accepted).hasSize(ROWS + 1);
  }

  @Test
  void restartAndAChangedFileBeginAnew() throws Exception {
    api.troubles = request -> request < 2 ? null : new RecordingApi.Trouble(401, null, "");
    assertThatThrownBy(() -> run(Kind.PLAYS, 1, LONG, false)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> run(Kind.PLAYS, 1, LONG, false)).isInstanceOf(IOException.class);
    api.troubles = request -> null;
    api.accepted.clear();

    run(Kind.PLAYS, 1, LONG, true);
    assertThat(api.accepted).hasSize(ROWS);

    api.accepted.clear();
    int requests = api.requests();
    api.troubles =
        request -> request < requests + 2 ? null : new RecordingApi.Trouble(401, null, "");
    assertThatThrownBy(() -> run(Kind.PLAYS, 1, LONG, false)).isInstanceOf(IOException.class);
    file = write(ROWS - 1);
    api.troubles = request -> null;
    api.accepted.clear();
    run(Kind.PLAYS, 1, LONG, false);
    assertThat(api.accepted).hasSize(ROWS - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAYS", "CATALOG"})
  void whatTheApiRejectsIsTracedToItsRow(Kind kind) throws Exception {
    api.rejects = kind == Kind.PLAYS ? ImportIds.track("A", "t4321").toString() : "\"t4321\"";

    Tally tally = run(kind, 4, LONG, false);

    assertThat(tally.refused()).isEqualTo(1);
    assertThat(tally.accepted()).isEqualTo(tally.sent() - 1);
    assertThat(refused())
        .containsExactly(
            "line\tfield\treason\trow",
            "4323\tcontext.id\t\"v\": is not liked\t2014-01-01T01:12:01\tp\tA\tt4321\t \t100");
  }

  @Test
  void rowsBeforeADamagedEndAreImported() throws Exception {
    byte[] packed = ImportFiles.gzip(Files.readAllBytes(file));
    file = folder.resolve("cut.gz");
    Files.write(file, Arrays.copyOf(packed, packed.length - 2000));

    assertThatThrownBy(() -> run(Kind.PLAYS, 2, LONG, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut off");
    assertThat(api.accepted).hasSizeGreaterThan(1000);
  }

  @Test
  void oneImportOfAFileAtATime() throws Exception {
    Journal.open(folder.resolve("imports"), "plays.tsv", file, "here", false).close();
    try (Journal held = Journal.open(folder.resolve("imports"), "plays.tsv", file, "here", false)) {
      assertThat(held.begun()).isNull();
      assertThatThrownBy(
              () -> Journal.open(folder.resolve("imports"), "plays.tsv", file, "here", false))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process is importing it");
    }
  }

  @Test
  void progressSaysRowsRateAndTimeLeft() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Progress progress = new Progress(new PrintStream(out), true, "f", 1000);
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    progress.trouble("HTTP 503");
    while (out.size() == 0 && System.nanoTime() < deadline) {
      progress.tick(12_345, 250);
    }

    assertThat(out.toString())
        .matches(
            "\r\u001b\\[K" + "f  12,345 rows  [\\d,]+/s  25 %  0:0\\d left  waiting: HTTP 503");
  }

  private Tally run(Kind kind, int inFlight, Duration patience, boolean restart) throws Exception {
    ApiClient client = new ApiClient(api.uri(), "secret", patience);
    try (Rows rows = Formats.open(file, kind, null);
        Journal journal =
            Journal.open(
                folder.resolve("imports"), "plays.tsv", file, api.uri() + " " + kind, restart)) {
      Progress progress =
          new Progress(new PrintStream(new ByteArrayOutputStream()), false, "plays.tsv", -1);
      return new Importer(client, kind, inFlight, journal, progress).run(rows);
    }
  }

  private Path write(int rows) throws IOException {
    return Files.writeString(folder.resolve("plays.tsv"), ImportFiles.radioPlays(rows));
  }

  private void refuseRow(int row) throws IOException {
    Files.writeString(
        file, Files.readString(file).replace("\tt" + row + "\t \t100\n", "\tt" + row + "\t \t \n"));
  }

  private List<String> playIds() {
    List<String> ids = new ArrayList<>();
    for (JsonNode play : api.accepted) {
      ids.add(play.get("play_id").asText());
    }
    return ids;
  }

  private List<String> refused() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("imports"))) {
      return Files.readAllLines(
          files.filter(path -> path.toString().endsWith(".refused.tsv")).findFirst().get());
    }
  }

  private Set<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("imports"))) {
      Set<String> names = new HashSet<>();
      files.forEach(path -> names.add(path.getFileName().toString()));
      return names;
    }
  }
}
