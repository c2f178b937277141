package io.downbeat.batch.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.downbeat.batch.Batch;
import io.downbeat.batch.lake.ReplacedTable;
import io.downbeat.batch.totals.LakePlays;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
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

class SnapshotsIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");
  private static final int LISTENERS = 300;

  /** More than a page of the scan, in one partition. */
  private static final int LIKES_OF_ONE = 2_500;

  /** In everything personal, and nowhere else. */
  private static final String PLANTED = "Quillfeather";

  @TempDir static Path home;

  private final Fresh fresh = SERVERS.fresh().createTopics().createTables();
  private final Batch batch = new Batch(fresh, home);

  @Test
  void accountsAndListsAreReplacedInOneCommitAndNothingPersonalIsInTheLake() throws Exception {
    try (CqlSession session = session();
        RESTCatalog catalog = LakePlays.catalog(fresh)) {
      Set<String> accounts = new HashSet<>();
      Set<String> library = new HashSet<>();
      plantAccounts(session, accounts);
      plantLibrary(session, library);

      batch.run("snapshots");
      Table ofAccounts = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), "accounts"));
      Table ofLibrary = catalog.loadTable(TableIdentifier.of(fresh.lakeNamespace(), "library"));
      assertThat(accounts(ofAccounts)).containsExactlyInAnyOrderElementsOf(accounts);
      assertThat(library(ofLibrary)).containsExactlyInAnyOrderElementsOf(library);

      for (Table table : List.of(ofAccounts, ofLibrary)) {
        table.updateProperties().set("write.parquet.compression-codec", "uncompressed").commit();
      }
      UUID gone = new UUID(2, 7);
      session.execute("DELETE FROM accounts WHERE user_id = " + gone);
      session.execute("DELETE FROM library WHERE user_id = " + gone);
      accounts.removeIf(row -> row.startsWith(gone.toString()));
      library.removeIf(row -> row.startsWith(gone.toString()));
      Instant before = Instant.now();
      batch.run("snapshots");

      assertThat(accounts(ofAccounts)).containsExactlyInAnyOrderElementsOf(accounts);
      assertThat(library(ofLibrary)).containsExactlyInAnyOrderElementsOf(library);
      for (Table table : List.of(ofAccounts, ofLibrary)) {
        List<Snapshot> snapshots = new ArrayList<>();
        table.snapshots().forEach(snapshots::add);
        assertThat(snapshots).as("one a run").hasSize(2);
        assertThat(Instant.parse(table.currentSnapshot().summary().get(ReplacedTable.READ_FROM)))
            .isBetween(before, Instant.ofEpochMilli(table.currentSnapshot().timestampMillis()));
      }
      assertThat(files(ofAccounts)).anyMatch(text -> text.contains("premium"));
      assertThat(files(ofLibrary)).anyMatch(text -> text.contains("followed_artists"));
      for (Table table : List.of(ofAccounts, ofLibrary)) {
        assertThat(files(table))
            .noneMatch(
                text -> text.toLowerCase(Locale.ROOT).contains(PLANTED.toLowerCase(Locale.ROOT)));
      }
    }
  }

  private void plantAccounts(CqlSession session, Set<String> expected) throws Exception {
    PreparedStatement head =
        session.prepare(
            "INSERT INTO accounts (user_id, section, key, version, state, email, password, name,"
                + " country, created_at, plan, plan_from, told_at)"
                + " VALUES (?, '', '', 3, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    PreparedStatement device =
        session.prepare(
            "INSERT INTO accounts (user_id, section, key, type, name, created_at, session_id,"
                + " generation, refreshed_with) VALUES (?, 'device', ?, ?, ?, ?, ?, 4, ?)");
    PreparedStatement outbox =
        session.prepare(
            "INSERT INTO accounts (user_id, section, key, version, item_id, event)"
                + " VALUES (?, 'outbox', '0000000000000003', 3, ?, ?)");
    PreparedStatement subscription =
        session.prepare(
            "INSERT INTO accounts (user_id, section, key, plan, told_at)"
                + " VALUES (?, 'subscription', ?, 'student', ?)");
    ByteBuffer event = ByteBuffer.wrap(PLANTED.getBytes(StandardCharsets.UTF_8));
    List<CompletionStage<?>> writes = new ArrayList<>();
    for (int i = 0; i < LISTENERS; i++) {
      UUID user = new UUID(2, i);
      boolean paid = i % 3 == 0;
      writes.add(
          session.executeAsync(
              head.bind(
                  user,
                  "active",
                  PLANTED + i + "@example.org",
                  "$argon2id$" + PLANTED,
                  PLANTED + " " + i,
                  i % 2 == 0 ? "SE" : null,
                  TIME.plusSeconds(i),
                  paid ? "premium" : null,
                  paid ? TIME : null,
                  paid ? TIME : null)));
      for (int d = 0; d < i % 4; d++) {
        writes.add(
            session.executeAsync(
                device.bind(
                    user,
                    new UUID(3, d).toString(),
                    d == 2 ? "tv" : "mobile",
                    PLANTED + "'s telephone",
                    TIME,
                    UUID.randomUUID(),
                    PLANTED + "-key")));
      }
      writes.add(session.executeAsync(outbox.bind(user, user, event)));
      writes.add(session.executeAsync(subscription.bind(user, PLANTED, TIME)));
      expected.add(
          "%s active %s %s %s %s null %s"
              .formatted(
                  user,
                  i % 2 == 0 ? "SE" : null,
                  TIME.plusSeconds(i),
                  paid ? "premium" : "free",
                  paid ? TIME : null,
                  List.of("[]", "[mobile 1]", "[mobile 2]", "[mobile 2, tv 1]").get(i % 4)));
      await(writes);
    }
    session.execute(
        "INSERT INTO accounts (user_id, section, key, version, state) VALUES (%s, '', '', 1, 'void')"
            .formatted(new UUID(2, 1_000)));
    session.execute(
        "INSERT INTO accounts (user_id, section, key, version, state) VALUES (%s, '', '', 9, 'deleted')"
            .formatted(new UUID(2, 1_001)));
    session.execute(
        "INSERT INTO accounts (user_id, section, key, plan) VALUES (%s, 'subscription', 'x', 'free')"
            .formatted(new UUID(2, 1_002)));
    expected.add(new UUID(2, 1_001) + " deleted null null free null null []");
  }

  private void plantLibrary(CqlSession session, Set<String> expected) throws Exception {
    PreparedStatement insert =
        session.prepare(
            "INSERT INTO library (user_id, section, key, item_id, added_at)"
                + " VALUES (?, ?, ?, ?, ?)");
    PreparedStatement outbox =
        session.prepare(
            "INSERT INTO library (user_id, section, key, version, event)"
                + " VALUES (?, 'outbox', '0000000000000003', 3, ?)");
    PreparedStatement head =
        session.prepare(
            "INSERT INTO library (user_id, section, key, version) VALUES (?, '', '', 3)");
    ByteBuffer event = ByteBuffer.wrap(PLANTED.getBytes(StandardCharsets.UTF_8));
    List<CompletionStage<?>> writes = new ArrayList<>();
    for (int i = 0; i < LISTENERS; i++) {
      UUID user = new UUID(2, i);
      writes.add(session.executeAsync(head.bind(user)));
      writes.add(session.executeAsync(outbox.bind(user, event)));
      for (String list : List.of("liked_tracks", "followed_artists", "hidden_artists")) {
        int items = i == 0 && list.equals("liked_tracks") ? LIKES_OF_ONE : i % 3;
        for (int n = 0; n < items; n++) {
          UUID item = new UUID(4, n);
          Instant added = TIME.plusSeconds(n);
          writes.add(session.executeAsync(insert.bind(user, list, item.toString(), item, added)));
          writes.add(
              session.executeAsync(
                  insert.bind(user, list + "_newest", PLANTED + "/" + item, item, added)));
          expected.add("%s %s %s %s".formatted(user, list, item, added));
          if (writes.size() > 200) {
            await(writes);
          }
        }
      }
      await(writes);
    }
  }

  private static void await(List<CompletionStage<?>> writes) {
    writes.forEach(write -> write.toCompletableFuture().join());
    writes.clear();
  }

  private static List<String> accounts(Table table) throws Exception {
    return rows(
        table,
        row ->
            "%s %s %s %s %s %s %s %s"
                .formatted(
                    row.getField("user_id"),
                    row.getField("state"),
                    row.getField("country"),
                    time(row, "created_at"),
                    row.getField("plan"),
                    time(row, "plan_from"),
                    time(row, "plan_until"),
                    ((List<?>) row.getField("devices"))
                        .stream()
                            .map(Record.class::cast)
                            .map(each -> each.getField("type") + " " + each.getField("count"))
                            .toList()));
  }

  private static List<String> library(Table table) throws Exception {
    return rows(
        table,
        row ->
            "%s %s %s %s"
                .formatted(
                    row.getField("user_id"),
                    row.getField("list"),
                    row.getField("item_id"),
                    time(row, "added_at")));
  }

  private static Object time(Record row, String column) {
    return row.getField(column) instanceof OffsetDateTime time ? time.toInstant() : "null";
  }

  private interface Text {
    String of(Record row);
  }

  private static List<String> rows(Table table, Text text) throws Exception {
    table.refresh();
    List<String> all = new ArrayList<>();
    try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
      rows.forEach(row -> all.add(text.of(row)));
    }
    return all;
  }

  /** All that lies under a table's place, as text, byte by byte. */
  private static List<String> files(Table table) throws Exception {
    try (Stream<Path> files = Files.walk(Path.of(URI.create(location(table)).getPath()))) {
      List<String> texts = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
      assertThat(texts).hasSizeGreaterThan(5);
      return texts;
    }
  }

  private static String location(Table table) {
    return table.location().replaceFirst("^(?!file:)", "file:");
  }

  private CqlSession session() {
    return CqlSession.builder()
        .addContactPoint(fresh.cassandra())
        .withLocalDatacenter(fresh.datacenter())
        .withKeyspace(fresh.keyspace())
        .build();
  }
}
