package io.downbeat.local.run;

import io.downbeat.local.run.platform.Checkup;
import io.downbeat.local.run.platform.Checkup.Finding;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.RunConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Look at the JDK, tools, memory, disk, ports, the service key and whatever runs, and say how to mend what"
            + " is wrong. Changes nothing.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing stands in the way", "1:something does"},
    footerHeading = "%n",
    footer = {"Examples:", "  ./downbeat doctor"})
final class DoctorCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Home home = Home.ofLauncher();
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> findings = Checkup.of(home, RunConfig.load(home.settings()));
    for (Finding finding : findings) {
      out.printf(
          "%-5s  %-14s %s%n",
          switch (finding.level()) {
            case GOOD -> "ok";
            case SHORT -> "short";
            case WRONG -> "wrong";
          },
          finding.what(),
          finding.detail());
      if (!finding.mend().isEmpty()) {
        out.printf("%-5s  %-14s %s%n", "", "", finding.mend());
      }
    }
    boolean wrong = findings.stream().anyMatch(finding -> finding.level() == Checkup.Level.WRONG);
    out.println();
    out.println(wrong ? "Something stands in the way." : "Nothing stands in the way.");
    return wrong ? 1 : 0;
  }
}
