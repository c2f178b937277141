package io.downbeat.bench.owned;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import com.datastax.oss.driver.internal.core.time.ServerSideTimestampGenerator;
import io.downbeat.local.servers.Cassandra;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountPlan;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.avro.DeviceType;
import io.downbeat.schemas.avro.LibraryChange;
import io.downbeat.schemas.avro.LibraryList;
import io.downbeat.schemas.topics.Keys;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The statements that ingest-api and serving-api make of a sign-in, a follow and a look at a
 * profile: the same text, prepared once, at the same consistency, in the same batches. What an
 * outbox holds is not read: who has just written it knows. Thread-safe.
 */
final class RawStatements implements AutoCloseable {
  private static final int SHARDS = 8;
  private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(20);
  private static final LibraryList LIST = LibraryList.FOLLOWED_ARTISTS;
  private static final String SECTION = LIST.name().toLowerCase(Locale.ROOT);
  private static final AvroWireCodec<LibraryChange> LIBRARY =
      new AvroWireCodec<>(LibraryChange.class, RawStatements::writesOnly);
  private static final AvroWireCodec<AccountChange> ACCOUNT =
      new AvroWireCodec<>(AccountChange.class, RawStatements::writesOnly);

  private final CqlSession session;
  private final KafkaProducer<byte[], byte[]> producer;
  private final String topicPrefix;
  private final List<UUID> users = new ArrayList<>();
  private final ExecutorService passwords;
  private final ThreadLocal<Hash> hash = ThreadLocal.withInitial(Hash::new);

  private final PreparedStatement claim;
  private final PreparedStatement account;
  private final PreparedStatement nextAccount;
  private final PreparedStatement device;
  private final PreparedStatement accountEvent;
  private final PreparedStatement clearAccount;
  private final PreparedStatement find;
  private final PreparedStatement nextLibrary;
  private final PreparedStatement resize;
  private final PreparedStatement add;
  private final PreparedStatement libraryEvent;
  private final PreparedStatement clearLibrary;
  private final PreparedStatement notice;
  private final PreparedStatement withdraw;
  private final PreparedStatement profile;

  /**
   * @param hashThreads that look at passwords
   */
  RawStatements(
      InetSocketAddress cassandra,
      String keyspace,
      String bootstrapServers,
      String topicPrefix,
      int hashThreads) {
    this.topicPrefix = topicPrefix;
    passwords = Executors.newFixedThreadPool(hashThreads, work -> new Thread(work, Raw.PASSWORDS));
    session = open(cassandra, keyspace);
    producer = producer(bootstrapServers);
    claim = session.prepare("SELECT user_id, claimed_at FROM account_emails WHERE email = ?");
    account =
        session.prepare("SELECT * FROM accounts WHERE user_id = ? AND section IN ('', 'device')");
    nextAccount = session.prepare(next("accounts"));
    device =
        session.prepare(
            "UPDATE accounts SET type = ?, name = ?, created_at = ?, last_active_at = ?,"
                + " session_id = ?, session_until = ?, generation = ?, refreshed_with = ?"
                + " WHERE user_id = ? AND section = 'device' AND key = ?");
    accountEvent = session.prepare(event("accounts"));
    clearAccount = session.prepare(clear("accounts"));
    find =
        session.prepare(
            "SELECT section, version, sizes, state, item_id, added_at FROM library"
                + " WHERE user_id = ? AND section IN ? AND key IN ?");
    nextLibrary = session.prepare(next("library"));
    resize =
        session.prepare(
            "UPDATE library SET sizes[?] = ? WHERE user_id = ? AND section = '' AND key = ''");
    add =
        session.prepare(
            "INSERT INTO library (user_id, section, key, item_id, added_at)"
                + " VALUES (?, ?, ?, ?, ?)");
    libraryEvent = session.prepare(event("library"));
    clearLibrary = session.prepare(clear("library"));
    notice =
        session.prepare(
            "INSERT INTO unpublished (minute, shard, change, owner, id) VALUES (?, ?, ?, ?, ?)");
    withdraw =
        session.prepare("DELETE FROM unpublished WHERE minute = ? AND shard = ? AND change = ?");
    profile =
        session.prepare(
            "SELECT state, email, name, country, created_at, plan, plan_from, plan_until"
                + " FROM accounts WHERE user_id = ? AND section = '' AND key = ''");
  }

  private static String next(String table) {
    return "UPDATE "
        + table
        + " SET version = ? WHERE user_id = ? AND section = '' AND key = '' IF version = ?";
  }

  private static String event(String table) {
    return "INSERT INTO "
        + table
        + " (user_id, section, key, item_id, event) VALUES (?, 'outbox', ?, ?, ?)";
  }

  private static String clear(String table) {
    return "DELETE FROM " + table + " WHERE user_id = ? AND section = 'outbox' AND key <= ?";
  }

  /** Accounts as large as those that sign up. */
  void makeAccounts() {
    for (int person = 0; person < People.ALL; person++) {
      UUID user = UUID.randomUUID();
      Instant now = now();
      session.execute(
          "INSERT INTO account_emails (email, user_id, claimed_at) VALUES (?, ?, ?)",
          People.email(person),
          user,
          now);
      session.execute(
          "UPDATE accounts SET version = 1, state = 'active', email = ?, password = ?, name = ?,"
              + " country = 'SE', created_at = ? WHERE user_id = ? AND section = '' AND key = ''"
              + " IF version = null",
          People.email(person),
          "$argon2id$v=19$m=19456,t=2,p=1$" + "a".repeat(66),
          "Listener " + person,
          now,
          user);
      users.add(user);
    }
  }

  /** Reads the claim and the account, looks at the password, and reads again to change it. */
  Loop.Work signIn(int thread) {
    return new Loop.Work() {
      private int turn;

      @Override
      public long once() throws Exception {
        int person = People.next(thread, turn++);
        UUID user =
            Objects.requireNonNull(
                session.execute(claim.bind(People.email(person))).one().getUuid("user_id"));
        read(account.bind(user));
        passwords.submit(() -> hash.get().once()).get();
        long version = version(read(account.bind(user)));
        Instant now = now();
        UUID sessionId = UUID.randomUUID();
        Notice given = give("accounts", user);
        AccountChange change =
            new AccountChange(
                user,
                version + 1,
                AccountState.ACTIVE,
                AccountPlan.FREE,
                null,
                null,
                null,
                List.of(new AccountDevice(People.device(person), DeviceType.MOBILE, sessionId)),
                now);
        byte[] value = ACCOUNT.encode(change, 1);
        String key = key(version + 1);
        apply(
            nextAccount.bind(version + 1, user, version),
            device.bind(
                "mobile",
                "phone",
                now,
                now,
                sessionId,
                now.plus(60, ChronoUnit.DAYS),
                1,
                "",
                user,
                People.device(person).toString()),
            accountEvent.bind(user, key, Keys.of(change), ByteBuffer.wrap(value)));
        long answered = System.nanoTime();
        publish(Topics.ACCOUNT_CHANGES.name(), change, value);
        session.execute(clearAccount.bind(user, key));
        withdraw(given);
        return answered;
      }
    };
  }

  Loop.Work follow(int thread) {
    return new Loop.Work() {
      private int turn;

      @Override
      public long once() throws Exception {
        UUID user = users.get(People.next(thread, turn++));
        UUID artist = UUID.randomUUID();
        List<Row> rows =
            read(find.bind(user, List.of("", SECTION), List.of("", artist.toString())));
        long version = version(rows);
        int size =
            rows.isEmpty()
                ? 0
                : Objects.requireNonNull(rows.get(0).getMap("sizes", String.class, Integer.class))
                    .getOrDefault(SECTION, 0);
        Instant now = now();
        Notice given = give("library", user);
        LibraryChange change = new LibraryChange(user, LIST, artist, version + 1, now, now);
        byte[] value = LIBRARY.encode(change, 1);
        String key = key(version + 1);
        apply(
            nextLibrary.bind(version + 1, user, version == 0 ? null : version),
            resize.bind(SECTION, size + 1, user),
            add.bind(user, SECTION, artist.toString(), artist, now),
            add.bind(
                user,
                SECTION + "_newest",
                String.format(Locale.ROOT, "%016x/%s", Long.MAX_VALUE - now.toEpochMilli(), artist),
                artist,
                now),
            libraryEvent.bind(user, key, Keys.of(change), ByteBuffer.wrap(value)));
        long answered = System.nanoTime();
        publish(Topics.LIBRARY_CHANGES.name(), change, value);
        session.execute(clearLibrary.bind(user, key));
        withdraw(given);
        return answered;
      }
    };
  }

  Loop.Work profile(int thread) {
    return new Loop.Work() {
      private int turn;

      @Override
      public long once() {
        Row row = session.execute(profile.bind(users.get(People.next(thread, turn++)))).one();
        if (row == null || !"active".equals(row.getString("state"))) {
          throw new IllegalStateException("An account is gone");
        }
        return System.nanoTime();
      }
    };
  }

  private record Notice(Instant minute, int shard, UUID change) {}

  private Notice give(String owner, UUID id) {
    Notice given =
        new Notice(
            Instant.now().truncatedTo(ChronoUnit.MINUTES),
            ThreadLocalRandom.current().nextInt(SHARDS),
            Uuids.timeBased());
    session.execute(notice.bind(given.minute(), given.shard(), given.change(), owner, id));
    return given;
  }

  private void withdraw(Notice given) {
    session.execute(withdraw.bind(given.minute(), given.shard(), given.change()));
  }

  private void apply(BoundStatement... statements) {
    BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
    for (BoundStatement statement : statements) {
      batch.addStatement(statement);
    }
    if (!session.execute(batch.build()).wasApplied()) {
      throw new IllegalStateException("Somebody else has changed it");
    }
  }

  private void publish(String topic, SpecificRecord change, byte[] value) throws Exception {
    producer
        .send(
            new ProducerRecord<>(
                topicPrefix + topic,
                io.downbeat.schemas.identity.Uuids.toBytes(Keys.of(change)),
                value))
        .get(ACKNOWLEDGED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private List<Row> read(BoundStatement statement) {
    return session.execute(statement).all();
  }

  private static long version(List<Row> rows) {
    return rows.isEmpty() ? 0 : rows.get(0).getLong("version");
  }

  private static String key(long version) {
    return String.format(Locale.ROOT, "%016x/%04x", version, 0);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String writesOnly(int id) {
    throw new UnsupportedOperationException("A writer reads no schema, asked for " + id);
  }

  /** With the settings of ingest-api. */
  private static CqlSession open(InetSocketAddress cassandra, String keyspace) {
    return CqlSession.builder()
        .addContactPoint(cassandra)
        .withLocalDatacenter(Cassandra.DATACENTER)
        .withKeyspace(CqlIdentifier.fromInternal(keyspace))
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "LOCAL_QUORUM")
                .withString(DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY, "SERIAL")
                .withClass(
                    DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS,
                    ServerSideTimestampGenerator.class)
                .withInt(DefaultDriverOption.NETTY_IO_SIZE, 2)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                .build())
        .build();
  }

  /** With the settings of ingest-api. */
  private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "acks",
            "all",
            "enable.idempotence",
            true,
            "linger.ms",
            5,
            "batch.size",
            32 << 10,
            "compression.type",
            "lz4"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  @Override
  public void close() {
    passwords.shutdownNow();
    producer.close();
    session.close();
  }
}
