package io.downbeat.batch.totals;

import com.datastax.oss.driver.api.core.CqlSession;
import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.BatchMain;
import io.downbeat.batch.TimeArgument;
import io.downbeat.batch.lake.Lake;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The days that have left the open window, recounted from the lake. */
@Command(
    name = "close-days",
    mixinStandardHelpOptions = true,
    description = {
      "Recount from the lake the days that the stream no longer counts.",
      "Closes every day that has left the open window, and a week's charts with its last day. Needs the stream to have processed all that was"
          + " logged before the window moved on; otherwise it changes nothing and ends with exit code 5."
    })
public final class CloseDays implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(CloseDays.class);

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--as-of",
      paramLabel = "DATE",
      converter = TimeArgument.class,
      description =
          "Close what was to be closed then: a date (its midnight in UTC) or an RFC 3339 time, not in the future. Default: now.")
  private @Nullable Instant asOf;

  private final BatchConfig config;

  public CloseDays(BatchConfig config) {
    this.config = config;
  }

  @Override
  public Integer call() {
    Instant now = Instant.now();
    if (asOf != null && asOf.isAfter(now)) {
      throw new ParameterException(
          spec.commandLine(), "--as-of is %s: no day is closed before its time".formatted(asOf));
    }
    try (CqlSession session = config.cassandra().connect();
        Lake lake = Lake.open(config.lake())) {
      ClosedDays closed = new ClosedDays(config, lake, session);
      closed.recount(closed.firstOpen(asOf == null ? now : asOf), Set.of());
      return 0;
    } catch (StreamProgress.NotThereYet e) {
      LOG.error("Nothing is changed: {}. Try again later.", e.getMessage());
      return BatchMain.NOT_YET;
    }
  }
}
