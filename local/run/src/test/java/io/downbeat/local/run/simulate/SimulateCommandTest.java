package io.downbeat.local.run.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.local.run.api.RecordingApi;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SimulateCommandTest {
  private static final String ACKNOWLEDGED =
      "(?s).*?([\\d,]+) sent, \\1 acknowledged, 0 refused, .*";

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void whatIsPutOffIsSentAgainTheSameAndNothingIsLost() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      api.troubles =
          request ->
              switch (request % 4) {
                case 2 -> new RecordingApi.Trouble(503, "0", "{}");
                case 3 -> new RecordingApi.Trouble(0, null, "");
                default -> null;
              };

      assertThat(simulate(api, "--rate", "2000", "--duration", "1s")).as("%s", err).isZero();

      List<JsonNode> plays = api.accepted.stream().filter(json -> !json.has("type")).toList();
      assertThat(api.accepted.size() - plays.size()).as("lines of the catalogue").isPositive();
      assertThat(plays).hasSizeGreaterThan(100);
      Map<String, JsonNode> byId = new HashMap<>();
      for (JsonNode play : plays) {
        JsonNode earlier =
            byId.putIfAbsent(play.path("device_id") + " " + play.path("device_seq"), play);
        assertThat(play).isEqualTo(earlier == null ? play : earlier);
      }
      assertThat(out.toString().lines().reduce((first, last) -> last).orElseThrow())
          .matches(ACKNOWLEDGED)
          .contains("%,d sent".formatted(plays.size()))
          .doesNotContain(" 0 requests sent again");
    }
  }

  @Test
  void anOptionOutOfBoundsIsNamedWithItsValueAndItsRule() throws Exception {
    try (RecordingApi api = new RecordingApi()) {
      assertThat(simulate(api, "--rate", "0")).isEqualTo(2);
      assertThat(err.toString()).contains("--rate is 0: it is from 0.1 to 100000");
      assertThat(simulate(api, "--duration", "soon")).isEqualTo(2);
      assertThat(err.toString()).contains("'soon' is not a span like 30s, 5m or 2h");
      assertThat(api.requests()).isZero();
    }
  }

  private int simulate(RecordingApi api, String... options) throws Exception {
    Path key = Files.writeString(directory.resolve("key"), "a-key-of-a-test");
    String[] all =
        Stream.concat(
                Stream.of(
                    "--url",
                    api.uri().toString(),
                    "--key-file",
                    key.toString(),
                    "--listeners",
                    "200",
                    "--catalogue-tracks",
                    "500"),
                Stream.of(options))
            .toArray(String[]::new);
    return new CommandLine(new SimulateCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }
}
