package io.downbeat.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DownbeatTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine command = Downbeat.commandLine();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(args);
  }

  @Test
  void everyCommandExplainsItselfWithAnExample() {
    Downbeat.commandLine().getSubcommands().keySet().stream()
        .filter(name -> !name.equals("help") && !name.equals("supervise"))
        .forEach(
            name -> {
              out.getBuffer().setLength(0);
              assertThat(run(name, "--help")).as(name).isZero();
              assertThat(out.toString())
                  .as(name)
                  .contains("Usage: downbeat " + name)
                  .contains("./downbeat " + name);
            });
  }

  @Test
  void withoutACommandItSaysWhatThereIs() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("Missing command").contains("up").contains("status");
  }

  @ParameterizedTest
  @ValueSource(strings = {"upp", "statsu"})
  void aTypoIsNamed(String typo) {
    assertThat(run(typo)).isEqualTo(2);
    assertThat(err.toString()).contains(typo);
  }

  @Test
  void anUnknownLogIsNamedWithThoseThatThereAre() {
    assertThat(run("logs", "kafak")).isEqualTo(2);
    assertThat(err.toString()).contains("kafak").contains("kafka").contains("supervisor");
  }

  @Test
  void aSenselessNumberOfLinesIsRefused() {
    assertThat(run("logs", "-n", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("0 lines").contains("1 to 10000");
  }
}
