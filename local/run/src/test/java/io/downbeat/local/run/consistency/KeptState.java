package io.downbeat.local.run.consistency;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.schemas.avro.LibraryList;
import io.downbeat.schemas.rules.Plan;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Owned state as the tables have it, each part of it read at once at LOCAL_QUORUM, as serving-api
 * reads. Thread-safe; a read that finds no quorum fails with the driver's exception.
 */
final class KeptState implements AutoCloseable {
  private static final String ACCOUNT =
      "SELECT section, key, version, plan FROM accounts"
          + " WHERE user_id = ? AND section IN ('', 'device')";
  private static final String LIBRARY =
      "SELECT section, version, sizes, item_id, added_at FROM library WHERE user_id = ?"
          + " AND section IN ('', 'liked_tracks', 'liked_tracks_newest', 'followed_artists',"
          + " 'followed_artists_newest')";
  private static final String CLAIM = "SELECT user_id FROM account_emails WHERE email = ?";
  private static final String NAME =
      "SELECT state, name FROM accounts WHERE user_id = ? AND section = '' AND key = ''";
  private static final String OUTBOX =
      "SELECT key FROM %s WHERE user_id = ? AND section = 'outbox'";

  static final List<LibraryList> LISTS =
      List.of(LibraryList.LIKED_TRACKS, LibraryList.FOLLOWED_ARTISTS);

  private final CqlSession session;
  private final Map<String, PreparedStatement> statements = new ConcurrentHashMap<>();

  record AccountState(long version, Plan plan, Set<UUID> devices) {}

  /**
   * @param strange what contradicts itself; empty if nothing does
   */
  record LibraryState(
      long version, Map<LibraryList, Map<UUID, Instant>> lists, List<String> strange) {}

  KeptState(List<InetSocketAddress> nodes, String keyspace) {
    session =
        CqlSession.builder()
            .addContactPoints(nodes)
            .withLocalDatacenter(Cassandra.DATACENTER)
            .withKeyspace(CqlIdentifier.fromInternal(keyspace))
            .withConfigLoader(
                DriverConfigLoader.programmaticBuilder()
                    .withString(
                        DefaultDriverOption.REQUEST_CONSISTENCY,
                        ConsistencyLevel.LOCAL_QUORUM.name())
                    .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(5))
                    .withDuration(
                        DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(500))
                    .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(2))
                    .build())
            .build();
  }

  AccountState account(UUID user) {
    long version = 0;
    Plan plan = Plan.FREE;
    Set<UUID> devices = new HashSet<>();
    for (Row row : rows(ACCOUNT, user)) {
      if ("device".equals(row.getString("section"))) {
        devices.add(UUID.fromString(row.getString("key")));
      } else {
        version = row.getLong("version");
        plan = row.isNull("plan") ? Plan.FREE : Plan.of(row.getString("plan"));
      }
    }
    return new AccountState(version, plan, Set.copyOf(devices));
  }

  LibraryState library(UUID user) {
    long version = 0;
    Map<String, Integer> sizes = Map.of();
    Map<String, Map<UUID, Instant>> sections = new HashMap<>();
    for (Row row : rows(LIBRARY, user)) {
      String section = row.getString("section");
      if (section.isEmpty()) {
        version = row.getLong("version");
        sizes = Optional.ofNullable(row.getMap("sizes", String.class, Integer.class)).orElse(sizes);
      } else {
        sections
            .computeIfAbsent(section, absent -> new HashMap<>())
            .put(row.getUuid("item_id"), row.getInstant("added_at"));
      }
    }
    Map<LibraryList, Map<UUID, Instant>> lists = new EnumMap<>(LibraryList.class);
    List<String> strange = new ArrayList<>();
    for (LibraryList list : LISTS) {
      String name = list.name().toLowerCase(Locale.ROOT);
      Map<UUID, Instant> byId = sections.getOrDefault(name, Map.of());
      Map<UUID, Instant> byTime = sections.getOrDefault(name + "_newest", Map.of());
      lists.put(list, byId);
      if (!byId.equals(byTime) || byId.size() != sizes.getOrDefault(name, 0)) {
        strange.add(
            "%s of %s in version %d: %s by id, %s by time, of size %s"
                .formatted(name, user, version, byId, byTime, sizes.get(name)));
      }
    }
    return new LibraryState(version, lists, strange);
  }

  /** The name of the account that has the address. */
  Optional<String> winner(String email) {
    return rows(CLAIM, email).stream()
        .flatMap(claim -> rows(NAME, claim.getUuid("user_id")).stream())
        .filter(account -> "active".equals(account.getString("state")))
        .map(account -> account.getString("name"))
        .findFirst();
  }

  /** Users whose outbox holds something. */
  List<UUID> unpublished(List<UUID> users) {
    return users.stream()
        .filter(
            user ->
                List.of("accounts", "library").stream()
                    .anyMatch(table -> !rows(OUTBOX.formatted(table), user).isEmpty()))
        .toList();
  }

  /** Notices of changes that are not known to be published. */
  int notices() {
    return rows("SELECT id FROM unpublished").size();
  }

  private List<Row> rows(String cql, Object... values) {
    return session.execute(statements.computeIfAbsent(cql, session::prepare).bind(values)).all();
  }

  static boolean isAway(RuntimeException e) {
    return e instanceof DriverException;
  }

  @Override
  public void close() {
    session.close();
  }
}
