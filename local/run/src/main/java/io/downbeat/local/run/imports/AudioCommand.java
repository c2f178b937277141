package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.ApiOptions;
import io.downbeat.local.run.api.CannotSend;
import io.downbeat.local.run.platform.Home;
import io.downbeat.local.run.sound.CannotEncode;
import io.downbeat.local.run.sound.Probe;
import io.downbeat.local.run.sound.SoundLibrary;
import io.downbeat.local.run.sound.Tags;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./downbeat import audio}: a folder of music as catalogue and sound. */
@Command(
    name = "audio",
    description = "Imports music: files that ffmpeg reads, with their tags and covers.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./downbeat import audio ~/Music",
      "  ./downbeat import audio --dry-run ~/Music/Sorted ~/Music/New",
      "",
      "What a file's tags leave out is taken from its path, as in Artist/Album/03 Title.flac. A cover is the picture in a file,",
      "else cover, folder or front (.jpg, .png) beside it. Imported twice, music is the same; what is encoded is not encoded again.",
      "An import that was interrupted goes on when it is called again. Sounds are kept in the platform's folder .downbeat/sounds."
    })
final class AudioCommand implements Callable<Integer> {
  private static final int MOST_JOBS = 256;
  private static final int MOST_UNTAGGED_SHOWN = 5;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Folders, with all in them, or single files.")
  private List<Path> folders = new ArrayList<>();

  @Mixin private final ApiOptions connection = new ApiOptions();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Files that are encoded at a time. Default: as many as there are processors.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--dry-run",
      description = "Reads the tags, says what would become of them, and keeps and sends nothing.")
  private boolean dryRun;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this.")
  private boolean help;

  @Spec private @Nullable CommandSpec spec;

  private final Home home = Home.ofLauncher();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;

  @Override
  public Integer call() throws InterruptedException {
    checkUsage();
    try {
      ApiClient api = dryRun ? null : connection.connect(home);
      AudioFiles files = AudioFiles.in(folders);
      if (files.links() > 0) {
        err.printf(Locale.ROOT, "%,d links are not followed%n", files.links());
      }
      SoundLibrary library = SoundLibrary.open(home);
      err.printf(Locale.ROOT, "%,d files, with %s%n", files.found().size(), library.ffmpeg());
      if (api == null) {
        readOnly(files, library);
      } else {
        run(files, library, api);
      }
      return 0;
    } catch (CannotImport | CannotSend e) {
      err.println(e.getMessage());
      return 1;
    } catch (IOException e) {
      err.println(
          "Stopped: "
              + (isFull(e)
                  ? "no room is left in "
                      + home.data()
                      + ". When there is, the same command again goes on"
                  : String.valueOf(e.getMessage())));
      return 1;
    }
  }

  private void checkUsage() {
    CommandLine self = Objects.requireNonNull(spec).commandLine();
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new ParameterException(self, "--jobs is " + jobs + ": it is from 1 to " + MOST_JOBS);
    }
    for (Path folder : folders) {
      if (!Files.isReadable(folder)) {
        throw new ParameterException(self, "There is no folder " + folder + " that can be read");
      }
    }
    connection.check(self);
  }

  private void run(AudioFiles files, SoundLibrary library, ApiClient api)
      throws IOException, InterruptedException {
    long bytes = files.found().stream().mapToLong(AudioFiles.Found::bytes).sum();
    AudioProgress progress =
        new AudioProgress(
            err, Boolean.getBoolean("downbeat.terminal"), files.found().size(), bytes);
    AudioImport audio = new AudioImport(library, api, progress, jobs);
    Thread interrupted =
        new Thread(
            () -> {
              try {
                audio.end();
                progress.say("What is encoded is kept; the same command again goes on from there.");
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      audio.run(files);
    } finally {
      forget(interrupted);
      sayUntagged(audio.untagged());
      out.printf(
          Locale.ROOT,
          "%s; %.1f s, %.1f s of music encoded%n",
          audio.summary(),
          progress.elapsedSeconds(),
          progress.secondsEncoded());
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook ends what is under way.
    }
  }

  private void sayUntagged(List<Path> untagged) {
    if (untagged.isEmpty()) {
      return;
    }
    err.printf(
        Locale.ROOT,
        "%,d files lack a title, an artist or an album, which their paths were taken for:%n",
        untagged.size());
    untagged.stream()
        .limit(MOST_UNTAGGED_SHOWN)
        .forEach(file -> err.println("  " + AudioImport.shown(file)));
    if (untagged.size() > MOST_UNTAGGED_SHOWN) {
      err.println("  …");
    }
  }

  private void readOnly(AudioFiles files, SoundLibrary library)
      throws IOException, InterruptedException {
    List<Path> untagged = new ArrayList<>();
    int tracks = 0;
    int broken = 0;
    for (AudioFiles.Unreadable one : files.unreadable()) {
      err.println(AudioImport.shown(one.file()) + ": " + one.reason());
      broken++;
    }
    for (AudioFiles.Found found : files.found()) {
      try {
        Probe probe = library.probe(found.file());
        Tags tags = Tags.of(probe, found.within());
        out.printf(
            "%s: %s, %s, on %s, %s%n",
            AudioImport.shown(found.file()),
            tags.title(),
            tags.artist().isEmpty() ? "nobody" : tags.artist(),
            tags.album().isEmpty() ? "no album" : tags.album(),
            Progress.clock(probe.duration().toSeconds()));
        tracks++;
        if (tags.fromPath()) {
          untagged.add(found.file());
        }
      } catch (CannotEncode e) {
        err.println(AudioImport.shown(found.file()) + ": " + e.getMessage());
        broken++;
      }
    }
    sayUntagged(untagged);
    out.printf(Locale.ROOT, "%,d tracks would be imported, %,d files are broken%n", tracks, broken);
  }

  private static boolean isFull(IOException e) {
    String why = String.valueOf(e.getMessage());
    return why.contains("No space left on device") || why.contains("Disk quota exceeded");
  }
}
