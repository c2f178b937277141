package io.downbeat.batch.snapshots;

import static org.apache.spark.sql.functions.col;

import io.downbeat.batch.BatchConfig;
import io.downbeat.batch.lake.Lake;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.apache.iceberg.Schema;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/**
 * Owned state as tables of the lake. Each is read while people go on changing it: of what nobody
 * changes meanwhile every row is there once, and of what someone does the row before or after.
 */
@Command(
    name = "snapshots",
    mixinStandardHelpOptions = true,
    description = {
      "Bring accounts and what listeners like, follow and hide into the lake, without anything personal.",
      "Tables accounts and library, each replaced in one commit. There are no names, e-mail addresses, passwords or"
          + " sessions in them. What is deleted is gone with the next run, and with maintain-lake from older snapshots."
    })
public final class Snapshots implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  private final BatchConfig config;

  public Snapshots(BatchConfig config) {
    this.config = config;
  }

  @Override
  public Integer call() {
    try (Lake lake = Lake.open(config.lake())) {
      OwnedTables owned = new OwnedTables(lake.spark(), config.cassandra());
      replace(lake, "accounts", OwnedTables.ACCOUNTS, owned.accounts());
      replace(lake, "library", OwnedTables.LIBRARY, owned.library());
      return 0;
    }
  }

  private static void replace(Lake lake, String name, Schema columns, Dataset<Row> rows) {
    Instant now = Instant.now();
    Dataset<Row> byListener = rows.repartition(col("user_id")).sortWithinPartitions("user_id");
    LOG.info("{}: {} rows", name, lake.replaced(name, columns).replace(byListener, now));
  }
}
