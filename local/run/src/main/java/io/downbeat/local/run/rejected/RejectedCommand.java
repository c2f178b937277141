package io.downbeat.local.run.rejected;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code ./downbeat rejected}: what the stream could not use. Exit code 0: done; 1: not, or not all
 * of it; 2: wrong usage.
 */
@Command(
    name = "rejected",
    mixinStandardHelpOptions = true,
    description = {
      "Look at records that the stream could not use, and replay them, mended or as they are.",
      "They are kept for 90 days with their bytes and the reason. What the API refuses is answered to its caller and is not here."
    },
    subcommands = {
      RejectedCommand.ListCommand.class,
      RejectedCommand.ShowCommand.class,
      RejectedCommand.ReplayCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./downbeat rejected list",
      "  ./downbeat rejected show ID",
      "  ./downbeat rejected replay ID --set played_millis=180000",
      "  ./downbeat rejected replay --all --reason 'No schema has id'",
    })
public final class RejectedCommand implements Runnable {
  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing command: list, show or replay. --help says more.");
  }

  /** Which of them. */
  static final class Choice {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        defaultValue = "",
        description = "Only those whose reason contains this, in upper or lower case.")
    private String reason = "";

    @Option(
        names = "--since",
        paramLabel = "TIME",
        converter = Since.class,
        description =
            "Only those rejected since then: a time, a date (UTC), or a span such as 2h or 3d. Default: all that are kept.")
    private Instant since = Instant.EPOCH;

    boolean contains(Kept kept) {
      return kept.record()
              .getReason()
              .toLowerCase(Locale.ROOT)
              .contains(reason.toLowerCase(Locale.ROOT))
          && !kept.record().getRejectedAt().isBefore(since);
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List them, the latest first.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  ./downbeat rejected list",
        "  ./downbeat rejected list --since 24h --reason started_at --limit 500",
      })
  static final class ListCommand implements Callable<Integer> {
    @Mixin private final LogOptions log = new LogOptions();
    @Mixin private final Choice choice = new Choice();

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "50",
        description = "At most so many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      if (limit < 1 || limit > 100_000) {
        throw new ParameterException(
            spec.commandLine(), "--limit is " + limit + ": it is from 1 to 100000");
      }
      RejectedLog rejected = log.rejected();
      Set<UUID> replayed = rejected.replayed();
      PriorityQueue<Line> latest = new PriorityQueue<>(limit + 1);
      int[] found = new int[2];
      rejected.each(
          choice.since,
          kept -> {
            if (choice.contains(kept)) {
              boolean isReplayed = replayed.contains(kept.id());
              found[isReplayed ? 1 : 0]++;
              latest.add(Line.of(kept, isReplayed));
              if (latest.size() > limit) {
                latest.remove();
              }
            }
          });
      Deque<Line> lines = new ArrayDeque<>();
      while (!latest.isEmpty()) {
        lines.addFirst(latest.remove());
      }
      PrintWriter out = spec.commandLine().getOut();
      lines.forEach(line -> line.print(out));
      out.printf(
          "%d to look at, %d replayed%s%n",
          found[0],
          found[1],
          lines.size() < found[0] + found[1]
              ? "; the latest %d are shown, --limit shows more".formatted(lines.size())
              : "");
      return 0;
    }
  }

  /** Of a list; without the bytes. Ordered by time. */
  private record Line(Instant at, UUID id, String origin, boolean replayed, String reason)
      implements Comparable<Line> {
    private static final Comparator<Line> BY_TIME =
        Comparator.comparing(Line::at).thenComparing(Line::id);
    private static final int LONGEST_REASON = 160;

    static Line of(Kept kept, boolean replayed) {
      String reason = kept.record().getReason().replaceAll("\\s+", " ");
      return new Line(
          kept.record().getRejectedAt(),
          kept.id(),
          kept.origin(),
          replayed,
          reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason);
    }

    void print(PrintWriter out) {
      out.printf(
          "%s  %s  %-20s  %-8s  %s%n",
          id, at.truncatedTo(ChronoUnit.SECONDS), origin, replayed ? "replayed" : "", reason);
    }

    @Override
    public int compareTo(Line other) {
      return BY_TIME.compare(this, other);
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show one: why, from where, and what it holds.",
      footerHeading = "%nExample:%n",
      footer = {"  ./downbeat rejected show 0b7c6f0e-51c4-5f6b-9f31-7a0f3a1f0a01"})
  static final class ShowCommand implements Callable<Integer> {
    private static final int MOST_SHOWN = 4_096;
    private static final JsonMapper JSON =
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Mixin private final LogOptions log = new LogOptions();

    @SuppressWarnings("NullAway.Init")
    @Parameters(paramLabel = "ID", description = "As list shows it.")
    private UUID id;

    @Option(names = "--all-bytes", description = "All of them, however many there are.")
    private boolean allBytes;

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      RejectedLog rejected = log.rejected();
      List<Kept> found = new ArrayList<>();
      rejected.each(
          Instant.EPOCH,
          kept -> {
            if (kept.id().equals(id)) {
              found.add(kept);
            }
          });
      if (found.isEmpty()) {
        spec.commandLine().getErr().printf("No rejected record has id %s.%n", id);
        return 1;
      }
      print(found.get(0), rejected.replayed().contains(id));
      return 0;
    }

    private void print(Kept kept, boolean replayed) throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      byte[] bytes = kept.bytes();
      int shown = allBytes ? bytes.length : Math.min(bytes.length, MOST_SHOWN);
      out.printf("id        %s%n", kept.id());
      out.printf(
          "from      topic %s, partition %d, offset %d%n",
          kept.record().getTopic(), kept.record().getPartition(), kept.record().getOffset());
      out.printf("rejected  %s%n", kept.record().getRejectedAt());
      out.printf("replayed  %s%n", replayed ? "yes" : "no");
      out.printf("reason    %s%n", kept.record().getReason());
      out.printf("bytes     %d%n", bytes.length);
      HexFormat hex = HexFormat.of();
      for (int from = 0; from < shown; from += 32) {
        out.printf("  %s%n", hex.formatHex(bytes, from, Math.min(shown, from + 32)));
      }
      if (shown < bytes.length) {
        out.printf("  … and %d more; --all-bytes shows them%n", bytes.length - shown);
      }
      try {
        out.println(json(kept));
      } catch (Unfit e) {
        out.printf("Not readable: %s%n", e.getMessage());
      }
    }

    private String json(Kept kept) throws Unfit, IOException {
      try {
        return JSON.writeValueAsString(RecordFields.json(log.origins().value(kept)));
      } catch (JsonProcessingException e) {
        throw new IOException("Cannot write a record as JSON", e);
      }
    }
  }

  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = {
        "Put them back to their topic, at its end, for the stream to read again.",
        "Each is replayed once, however often and wherever this is called or killed; what can't be read stays."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ./downbeat rejected replay 0b7c6f0e-51c4-5f6b-9f31-7a0f3a1f0a01",
        "  ./downbeat rejected replay 0b7c6f0e-51c4-5f6b-9f31-7a0f3a1f0a01 --set started_at=2026-01-01T20:15:00Z --set country=null",
        "  ./downbeat rejected replay --all --reason 'No schema has id'",
      })
  static final class ReplayCommand implements Callable<Integer> {
    @Mixin private final LogOptions log = new LogOptions();
    @Mixin private final Choice choice = new Choice();

    @Parameters(arity = "0..*", paramLabel = "ID", description = "As list shows them.")
    private List<UUID> ids = new ArrayList<>();

    @Option(names = "--all", description = "All that --reason and --since leave.")
    private boolean all;

    @Option(
        names = "--set",
        paramLabel = "FIELD=VALUE",
        description =
            "Change a field of each before it goes back: a number, word, UUID, time, JSON list, or null; a dot leads into a nested field.")
    private Map<String, String> changes = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init")
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
      if (all == !ids.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "Say which: either the IDs of records, or --all");
      }
      PrintWriter out = spec.commandLine().getOut();
      RejectedLog rejected = log.rejected();
      Origins origins = log.origins();
      Set<UUID> wanted = new HashSet<>(ids);
      int[] counts = new int[3];
      try (Replay replay = log.replay()) {
        Set<UUID> replayed = rejected.replayed();
        rejected.each(
            choice.since,
            kept -> {
              if (!(all || wanted.remove(kept.id())) || !choice.contains(kept)) {
                return;
              }
              if (replayed.contains(kept.id())) {
                counts[1]++;
                return;
              }
              try {
                replay.add(kept.id(), origins.mended(kept, changes));
                counts[0]++;
              } catch (Unfit e) {
                counts[2]++;
                out.printf("%s stays: %s%n", kept.id(), e.getMessage());
              }
            });
        replay.commit();
      }
      wanted.forEach(id -> out.printf("%s is no rejected record%n", id));
      out.printf("%d replayed, %d were so already, %d stay%n", counts[0], counts[1], counts[2]);
      return counts[2] == 0 && wanted.isEmpty() ? 0 : 1;
    }
  }

  /** A point in time, or a span back from now. */
  private static final class Since implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      @Nullable Instant time = null;
      try {
        if (text.matches("\\d{1,6}[smhd]")) {
          String span = text.toUpperCase(Locale.ROOT);
          time = Instant.now().minus(Duration.parse(span.endsWith("D") ? "P" + span : "PT" + span));
        } else {
          time =
              text.length() == 10
                  ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                  : OffsetDateTime.parse(text).toInstant();
        }
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "'%s' is no time such as 2026-01-31T12:00:00Z, no date such as 2026-01-31, and no span such as 2h"
                .formatted(text));
      }
      return time;
    }
  }

  /** Of the tests. */
  static CommandLine commandLine() {
    return new CommandLine(new RejectedCommand());
  }
}
