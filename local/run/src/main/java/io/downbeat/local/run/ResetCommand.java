package io.downbeat.local.run;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Running;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "reset",
    mixinStandardHelpOptions = true,
    description =
        "Delete all data of this checkout: every play, count, table and log. The service key and downbeat.conf stay.",
    footerHeading = "%n",
    footer = {"Examples:", "  ./downbeat reset          asks first", "  ./downbeat reset --yes"})
final class ResetCommand implements Callable<Integer> {
  @Option(
      names = {"-y", "--yes"},
      description = "Don't ask.")
  private boolean yes;

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Home home = Home.ofLauncher();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (Running.find(home).isPresent() || !Running.survivors(home).isEmpty()) {
      err.println("Downbeat is running. Stop it first: ./downbeat down");
      return 1;
    }
    if (!Files.exists(home.data())) {
      out.println("There is no data in " + home.data() + ".");
      return 0;
    }
    if (!yes && !agrees(home, out)) {
      out.println("Nothing was deleted.");
      return 1;
    }
    delete(home);
    out.println("Deleted. ./downbeat up starts empty.");
    return 0;
  }

  private static boolean agrees(Home home, PrintWriter out) throws IOException {
    out.printf("Delete every play, count, table and log in %s? Type yes: ", home.data());
    out.flush();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    return "yes".equals(in.readLine());
  }

  private static void delete(Home home) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(home.data())) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      if (!path.equals(home.data()) && !path.equals(home.serviceKey())) {
        Files.delete(path);
      }
    }
  }
}
