package io.downbeat.local.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.platform.Platform;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = "Show the last lines of one log, or of each.",
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  ./downbeat logs                    the end of every log",
      "  ./downbeat logs supervisor         what started, ended and why",
      "  ./downbeat logs -f -n 100 stream-jobs",
    })
final class LogsCommand implements Callable<Integer> {
  private static final long LOOK_MILLIS = 250;

  /** The logs that there can be; also the completion candidates. */
  static final class Names implements Iterable<String> {
    static final List<String> ALL =
        Stream.concat(Stream.of("supervisor", "build", "batch-jobs"), Platform.PARTS.stream())
            .toList();

    @Override
    public Iterator<String> iterator() {
      return ALL.iterator();
    }
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description = "One of ${COMPLETION-CANDIDATES}; all where it is left out.")
  private @Nullable String name;

  @Option(
      names = {"-n", "--lines"},
      defaultValue = "40",
      paramLabel = "N",
      description = "How many lines of each, 1 to 10000 (${DEFAULT-VALUE}).")
  private int lines;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is appended, until Ctrl-C.")
  private boolean follow;

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (lines < 1 || lines > 10_000) {
      throw new ParameterException(
          spec.commandLine(), "Cannot show " + lines + " lines (--lines): it takes 1 to 10000");
    }
    if (name != null && !Names.ALL.contains(name)) {
      throw new ParameterException(
          spec.commandLine(),
          "There is no log '" + name + "'. There are: " + String.join(", ", Names.ALL));
    }
    Home home = Home.ofLauncher();
    PrintWriter out = spec.commandLine().getOut();
    List<String> wanted = name == null ? Names.ALL : List.of(name);
    Map<String, Long> shown = new HashMap<>();
    for (String each : wanted) {
      Path file = home.log(each);
      shown.put(each, Files.exists(file) ? Files.size(file) : 0L);
      List<String> tail = Logs.tail(file, lines);
      if (name == null && !tail.isEmpty()) {
        out.println("== " + each + " == " + file);
      }
      tail.forEach(out::println);
    }
    out.flush();
    if (name != null && !Files.exists(home.log(name))) {
      spec.commandLine().getErr().println("There is no " + home.log(name) + " yet.");
    }
    while (follow) {
      Thread.sleep(LOOK_MILLIS);
      for (String each : wanted) {
        showNew(home.log(each), wanted.size() > 1 ? each + "  " : "", shown, each, out);
      }
      out.flush();
    }
    return 0;
  }

  private static void showNew(
      Path file, String prefix, Map<String, Long> shown, String name, PrintWriter out)
      throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    long position = shown.getOrDefault(name, 0L);
    if (Files.size(file) < position) {
      // Set aside and begun anew.
      position = 0;
    }
    String text = Logs.after(file, position);
    text.lines().forEach(line -> out.println(prefix + line));
    shown.put(name, position + text.getBytes(UTF_8).length);
  }
}
