package io.downbeat.bench.search;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * SQLite's FTS5, in this process, with nothing between it and who asks: no HTTP, no JSON. Prefixes
 * of one to four letters are indexed.
 *
 * <p>Rows lie by popularity, so that the first thousand that match are the most popular of them;
 * these are ordered by bm25 and popularity. To weigh a word, bm25 first counts all rows that have
 * it: with one beginning of up to two letters, popularity alone decides.
 */
final class Sqlite implements Engine {
  private static final int CANDIDATES = 1_000;
  private static final int SHORT = 2;
  private static final int BATCH = 10_000;
  private static final String BY_BOTH =
      """
      SELECT t.kind, t.high, t.low, t.title, t.artists, t.album
      FROM (SELECT rowid AS id, bm25(names) AS score FROM names WHERE names MATCH ? LIMIT %d) AS m
      JOIN things AS t ON t.id = m.id ORDER BY m.score - t.popularity LIMIT 20
      """
          .formatted(CANDIDATES);
  private static final String BY_POPULARITY =
      """
      SELECT t.kind, t.high, t.low, t.title, t.artists, t.album
      FROM (SELECT rowid AS id FROM names WHERE names MATCH ? LIMIT 20) AS m
      JOIN things AS t ON t.id = m.id ORDER BY t.id
      """;
  private static final String BETWEEN_ARTISTS = "\n";

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Path file;
  private final AtomicLong cpuNanos = new AtomicLong();

  record Built(double tracksPerSecond, double cpuSeconds, long diskBytes) {}

  Sqlite(Path work) {
    file = work.resolve("sqlite.db").toAbsolutePath();
  }

  Built build(Catalogue catalogue) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long cpu = THREADS.getCurrentThreadCpuTime();
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = OFF");
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA cache_size = -262144");
      String columns =
          "(id INTEGER PRIMARY KEY, kind, high, low, title, artists, album, popularity)";
      statement.execute("CREATE TABLE unsorted " + columns);
      connection.setAutoCommit(false);
      insert(connection, catalogue);
      statement.execute("CREATE TABLE things " + columns);
      statement.execute(
          "INSERT INTO things SELECT NULL, kind, high, low, title, artists, album, popularity"
              + " FROM unsorted ORDER BY popularity DESC");
      statement.execute("DROP TABLE unsorted");
      statement.execute(
          "CREATE VIRTUAL TABLE names USING fts5(title, artists, content = 'things',"
              + " content_rowid = 'id', prefix = '1 2 3 4',"
              + " tokenize = 'unicode61 remove_diacritics 2')");
      statement.execute("INSERT INTO names(names) VALUES ('rebuild')");
      statement.execute("INSERT INTO names(names) VALUES ('optimize')");
      connection.commit();
      connection.setAutoCommit(true);
      statement.execute("VACUUM");
    } catch (SQLException e) {
      throw new IOException("Cannot build SQLite's index: " + e.getMessage(), e);
    }
    return new Built(
        catalogue.tracks() / ((System.nanoTime() - start) / 1e9),
        (THREADS.getCurrentThreadCpuTime() - cpu) / 1e9,
        file.toFile().length());
  }

  private static void insert(Connection connection, Catalogue catalogue)
      throws SQLException, IOException, InterruptedException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO unsorted VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)")) {
      int[] waiting = {0};
      for (int part = 0; part < catalogue.parts(); part++) {
        catalogue.read(
            part,
            thing -> {
              try {
                insert.setInt(1, thing.kind().ordinal());
                insert.setLong(2, thing.id().getMostSignificantBits());
                insert.setLong(3, thing.id().getLeastSignificantBits());
                insert.setString(4, thing.title());
                insert.setString(5, String.join(BETWEEN_ARTISTS, thing.artistNames()));
                Thing.Named album = thing.album();
                insert.setString(6, album == null ? null : album.name());
                insert.setDouble(7, thing.log2Streams());
                insert.addBatch();
                if (++waiting[0] == BATCH) {
                  insert.executeBatch();
                  waiting[0] = 0;
                }
              } catch (SQLException e) {
                throw new IOException(e);
              }
            });
      }
      insert.executeBatch();
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public double cpuSeconds() {
    return cpuNanos.get() / 1e9;
  }

  @Override
  public Client connect() throws IOException {
    try {
      Connection connection = open();
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA query_only = ON");
        statement.execute("PRAGMA mmap_size = 8589934592");
      }
      return new Asking(
          connection,
          connection.prepareStatement(BY_BOTH),
          connection.prepareStatement(BY_POPULARITY));
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private final class Asking implements Client {
    private final Connection connection;
    private final PreparedStatement byBoth;
    private final PreparedStatement byPopularity;

    private Asking(
        Connection connection, PreparedStatement byBoth, PreparedStatement byPopularity) {
      this.connection = connection;
      this.byBoth = byBoth;
      this.byPopularity = byPopularity;
    }

    @Override
    public void ask(String query) throws IOException {
      find(query);
    }

    @Override
    public List<Hit> find(String query) throws IOException {
      List<String> words = Text.words(query);
      if (words.isEmpty()) {
        return List.of();
      }
      boolean isShort = words.size() == 1 && words.get(0).length() <= SHORT;
      PreparedStatement statement = isShort ? byPopularity : byBoth;
      long before = THREADS.getCurrentThreadCpuTime();
      try {
        statement.setString(1, "\"" + String.join("\" \"", words) + "\"*");
        List<Hit> hits = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            hits.add(hit(rows));
          }
        }
        return hits;
      } catch (SQLException e) {
        throw new IOException("SQLite cannot find " + words, e);
      } finally {
        cpuNanos.addAndGet(THREADS.getCurrentThreadCpuTime() - before);
      }
    }

    private static Hit hit(ResultSet row) throws SQLException {
      String artists = row.getString(5);
      return new Hit(
          Kind.values()[row.getInt(1)],
          new UUID(row.getLong(2), row.getLong(3)),
          row.getString(4),
          artists.isEmpty() ? List.of() : List.of(artists.split(BETWEEN_ARTISTS)));
    }

    @Override
    public void close() throws IOException {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }
  }
}
