package io.downbeat.local.run.platform;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A batch job as a process of its own that ends with its work. */
public final class BatchProcess {

  private BatchProcess() {}

  /**
   * Runs a job in this terminal.
   *
   * @param arguments as {@code ./downbeat batch} has them
   * @return its exit code
   */
  public static int run(Home home, RunConfig config, List<String> arguments)
      throws IOException, InterruptedException {
    return finish(builder(home, config, List.of(), arguments).inheritIO().start());
  }

  /**
   * Trains recommendations on a demo's plays, with its output in the log {@code batch-jobs}; fails
   * if the training does. For some thousand tracks half the default rank is enough, and a JVM that
   * lives for half a minute spends less on C1's code than on compiling better code.
   */
  public static void trainDemo(Home home, RunConfig config)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        builder(home, config, List.of("-XX:TieredStopAtLevel=1"), List.of("train-recommendations"));
    builder.environment().put("RECOMMENDATIONS_RANK", "32");
    builder
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(
                Files.createDirectories(home.logs()).resolve("batch-jobs.log").toFile()));
    int code = finish(builder.start());
    if (code != 0) {
      throw new IOException(
          "batch train-recommendations ended with exit code %d; ./downbeat logs batch-jobs says more"
              .formatted(code));
    }
  }

  private static int finish(Process process) throws InterruptedException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static ProcessBuilder builder(
      Home home, RunConfig config, List<String> jvmArgs, List<String> arguments)
      throws IOException {
    Path module = home.checkout().resolve("batch-jobs");
    Path working = Files.createDirectories(home.data().resolve("batch-jobs"));
    Apps apps = new Apps(home, config);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + module.resolve("jvm.options"));
    command.addAll(Apps.JVM_ARGS);
    command.add("-Xss2m");
    command.addAll(jvmArgs);
    command.add("-Xmx" + config.heaps().batch());
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(working.resolve("tmp")));
    command.add("-cp");
    command.add(
        apps.classpath("batch-jobs").stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    command.add("io.downbeat.batch.BatchMain");
    command.addAll(arguments);
    ProcessBuilder process = new ProcessBuilder(command).directory(working.toFile());
    process.environment().putAll(apps.servers());
    process.environment().put("OPEN_WINDOW_DAYS", Integer.toString(config.openWindowDays()));
    process.environment().put("BATCH_LOCK_FILE", home.run().resolve("batch.lock").toString());
    process.environment().put("MALLOC_ARENA_MAX", "2");
    return process;
  }
}
