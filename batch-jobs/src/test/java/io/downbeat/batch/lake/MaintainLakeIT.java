package io.downbeat.batch.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.batch.Batch;
import io.downbeat.batch.totals.LakePlays;
import io.downbeat.batch.totals.LakePlays.Play;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class MaintainLakeIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Instant TODAY = Instant.now().truncatedTo(ChronoUnit.DAYS);
  private static final Instant YESTERDAY = TODAY.minus(Duration.ofDays(1));

  @TempDir static Path home;

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final Batch batch = new Batch(fresh, home);
  private final List<UUID> plays = new ArrayList<>();

  @Test
  void filesBecomeFewAndOldSnapshotsGoButNeverTheStreamsNewestNorAPlay() throws Exception {
    LakePlays.create(fresh);
    try (RESTCatalog catalog = LakePlays.catalog(fresh)) {
      Table table = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), "plays"));
      append(YESTERDAY, 6);
      append(TODAY, 6);
      long first = streamCommits(table, 1);
      long second = streamCommits(table, 2);
      append(YESTERDAY, 1);

      batch.run("maintain-lake");
      assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(plays);
      assertThat(snapshots(table))
          .as("nothing is a day old")
          .hasSizeGreaterThan(14)
          .contains(first);
      assertThat(files(table)).as("one of yesterday, today's as they were").isEqualTo(1 + 6);

      batch.run("maintain-lake", "--keep-hours", "0");
      assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(plays);
      assertThat(snapshots(table))
          .as("the stream's newest commit and what came after it")
          .contains(second)
          .doesNotContain(first)
          .hasSizeLessThan(8);

      long third = streamCommits(table, 3);
      batch.run("maintain-lake", "--keep-hours", "0");
      assertThat(snapshots(table)).contains(third).doesNotContain(second).hasSizeLessThan(4);
      assertThat(rows(table)).containsExactlyInAnyOrderElementsOf(plays);
    }
  }

  /** Each in a file and a commit of its own. */
  private void append(Instant day, int count) throws Exception {
    try (Lake lake = Lake.open(batch.config().lake())) {
      for (int i = 0; i < count; i++) {
        UUID play = UUID.randomUUID();
        plays.add(play);
        LakePlays.append(
            fresh,
            lake,
            "plays",
            List.of(
                new Play(play, new UUID(2, 1), new UUID(4, 1), day, 60_000, "completed", 0, i)));
      }
    }
  }

  private static long streamCommits(Table table, long checkpoint) {
    table.refresh();
    table.newAppend().set("flink.max-committed-checkpoint-id", Long.toString(checkpoint)).commit();
    return table.currentSnapshot().snapshotId();
  }

  private static List<Long> snapshots(Table table) {
    table.refresh();
    List<Long> ids = new ArrayList<>();
    for (Snapshot snapshot : table.snapshots()) {
      ids.add(snapshot.snapshotId());
    }
    return ids;
  }

  private static int files(Table table) throws Exception {
    int files = 0;
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        files++;
      }
    }
    return files;
  }

  private static List<UUID> rows(Table table) throws Exception {
    table.refresh();
    List<UUID> ids = new ArrayList<>();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).select("play_id").build()) {
      rows.forEach(row -> ids.add((UUID) row.getField("play_id")));
    }
    return ids;
  }
}
