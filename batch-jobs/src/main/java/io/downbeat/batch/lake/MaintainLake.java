package io.downbeat.batch.lake;

import io.downbeat.batch.BatchConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.actions.ExpireSnapshots;
import org.apache.iceberg.actions.RewriteDataFiles;
import org.apache.iceberg.actions.RewriteManifests;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.spark.actions.SparkActions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Keeps the tables small that the stream commits to every few seconds: a day leaves thousands of
 * files and snapshots, and each commit writes the list of all snapshots anew.
 *
 * <p>The stream's newest commit of a table and all that came after it stay, however old: by it the
 * stream knows on its return what it has committed.
 */
@Command(
    name = "maintain-lake",
    mixinStandardHelpOptions = true,
    description = {
      "Join the lake's small files and forget its old snapshots.",
      "Files are joined of days that are over. Plays stay as they are; only the way back to how a table was before --keep-hours is gone."
    })
public final class MaintainLake implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(MaintainLake.class);
  private static final List<String> TABLES =
      List.of("plays", "backfill", "recounts", "audits", "models", "accounts", "library");

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--keep-hours",
      paramLabel = "HOURS",
      defaultValue = "24",
      description = "For how long a snapshot stays that is not current. Default: ${DEFAULT-VALUE}.")
  private int keepHours;

  private final BatchConfig config;

  public MaintainLake(BatchConfig config) {
    this.config = config;
  }

  @Override
  public Integer call() {
    if (keepHours < 0) {
      throw new ParameterException(
          spec.commandLine(), "--keep-hours is " + keepHours + ", but at least 0");
    }
    Instant now = Instant.now();
    try (Lake lake = Lake.open(config.lake())) {
      for (String name : TABLES) {
        if (lake.has(name)) {
          Table table = lake.iceberg(name);
          joinFiles(lake, name, table, name.equals("plays") ? beforeToday(now) : everything());
          forgetSnapshots(lake, name, table, now.minus(Duration.ofHours(keepHours)));
        }
      }
      return 0;
    }
  }

  /** Today's files are still coming. */
  private static Expression beforeToday(Instant now) {
    return Expressions.lessThan(
        "started_at", now.truncatedTo(ChronoUnit.DAYS).toEpochMilli() * 1_000);
  }

  private static Expression everything() {
    return Expressions.alwaysTrue();
  }

  private static void joinFiles(Lake lake, String name, Table table, Expression of) {
    SparkActions actions = SparkActions.get(lake.spark());
    RewriteDataFiles.Result files = actions.rewriteDataFiles(table).filter(of).execute();
    RewriteManifests.Result manifests = actions.rewriteManifests(table).execute();
    LOG.info(
        "{}: {} files became {}",
        name,
        files.rewrittenDataFilesCount() + count(manifests.rewrittenManifests()),
        files.addedDataFilesCount() + count(manifests.addedManifests()));
  }

  private static void forgetSnapshots(Lake lake, String name, Table table, Instant keptFrom) {
    table.refresh();
    long before =
        Math.min(
            keptFrom.toEpochMilli(),
            StreamCommit.newest(table).map(Snapshot::timestampMillis).orElse(Long.MAX_VALUE));
    ExpireSnapshots.Result removed =
        SparkActions.get(lake.spark()).expireSnapshots(table).expireOlderThan(before).execute();
    table.refresh();
    LOG.info(
        "{}: {} snapshots left; {} files removed that only older ones had",
        name,
        count(table.snapshots()),
        removed.deletedDataFilesCount()
            + removed.deletedManifestsCount()
            + removed.deletedManifestListsCount());
  }

  private static long count(Iterable<?> things) {
    long count = 0;
    for (Object ignored : things) {
      count++;
    }
    return count;
  }
}
