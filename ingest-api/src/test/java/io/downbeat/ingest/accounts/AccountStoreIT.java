package io.downbeat.ingest.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.downbeat.ingest.LogReader;
import io.downbeat.ingest.LogReader.Entry;
import io.downbeat.ingest.accounts.Account.DeviceType;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Account.State;
import io.downbeat.ingest.accounts.Accounts.NewDevice;
import io.downbeat.ingest.accounts.Accounts.Opened;
import io.downbeat.ingest.accounts.RefreshTokens.RefreshToken;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.log.Log;
import io.downbeat.ingest.log.LogWatch;
import io.downbeat.ingest.log.SchemaIds;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.ingest.owned.Cassandra;
import io.downbeat.ingest.owned.Outbox;
import io.downbeat.ingest.owned.OwnedState;
import io.downbeat.ingest.owned.OwnedTable;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Accounts on a real Cassandra, their changes in a real log. */
final class AccountStoreIT {

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private static Fresh fresh;
  private static CqlSession session;
  private static Log log;
  private static LogWatch watch;
  private static Cassandra cassandra;
  private static Outbox outbox;
  private static AccountStore store;
  private static EmailClaims claims;
  private static Topic<AccountChange> topic;

  @BeforeAll
  static void start() throws Exception {
    fresh = SERVERS.fresh().createTopics(List.of(Topics.ACCOUNT_CHANGES)).createTables();
    session =
        CqlSession.builder()
            .addContactPoint(fresh.cassandra())
            .withLocalDatacenter(fresh.datacenter())
            .withKeyspace(CqlIdentifier.fromInternal(fresh.keyspace()))
            .build();
    topic = Topics.ACCOUNT_CHANGES.withPrefix(fresh.topicPrefix());
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    log =
        new Log(
            Log.producer(
                fresh.bootstrapServers(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(4),
                Duration.ofMillis(5),
                16 << 20),
            meters,
            failure -> {
              throw new AssertionError(failure);
            });
    int schema = new SchemaIds(fresh.registryUrl().toString(), Duration.ofSeconds(20)).of(topic);
    TopicWriter<AccountChange> events = new TopicWriter<>(log, topic, schema);
    cassandra =
        Cassandra.connect(
            new Cassandra.Settings(
                fresh.cassandra(),
                fresh.datacenter(),
                fresh.keyspace(),
                Duration.ofSeconds(2),
                256,
                Duration.ofMillis(100)));
    OwnedTable accounts = new OwnedTable("accounts", "user_id", events);
    outbox = new Outbox(cassandra, List.of(accounts), Clock.systemUTC(), meters);
    OwnedState state = new OwnedState(cassandra, outbox, ForkJoinPool.commonPool());
    claims = new EmailClaims(cassandra);
    store =
        new AccountStore(
            state,
            accounts,
            claims,
            new FamilyStore(state, accounts, Clock.systemUTC()),
            user -> CompletableFuture.completedFuture(null),
            Clock.systemUTC());
    outbox.start(Map.of("accounts", store::resume));
    watch = new LogWatch(fresh.bootstrapServers(), log, List.of(topic.name()));
    watch.start();
    eventually(() -> cassandra.obstacle() == null && watch.obstacle() == null);
  }

  @AfterAll
  static void stop() {
    outbox.close();
    cassandra.close();
    log.close();
    watch.close();
    session.close();
  }

  @Test
  void ofManyWhoSignUpWithOneAddressOneGetsIt() {
    String email = "race-" + UUID.randomUUID() + "@example.org";
    List<CompletableFuture<Account>> attempts =
        IntStream.range(0, 16).mapToObj(i -> signUp(UUID.randomUUID(), email)).toList();

    List<Account> winners =
        attempts.stream().filter(AccountStoreIT::succeeds).map(CompletableFuture::join).toList();

    assertThat(winners).hasSize(1);
    assertThat(store.find(email).join().userId()).isEqualTo(winners.get(0).userId());
  }

  @Test
  void aSignUpSentAgainMakesOneAccount() {
    UUID user = UUID.randomUUID();
    String email = user + "@example.org";

    Account once = signUp(user, email).join();
    Account again = signUp(user, email).join();

    assertThat(again).isEqualTo(once);
    assertThat(once.version()).isEqualTo(1);
  }

  @Test
  void anAddressWhoseSignUpDiedHalfwayIsTakenOverAndTheDeadCannotComeBack() {
    UUID dead = UUID.randomUUID();
    String email = dead + "@example.org";
    assertThat(claims.claim(email, dead, Instant.now().minusSeconds(60)).join()).isTrue();

    UUID user = UUID.randomUUID();
    assertThat(signUp(user, email).join().isActive()).isTrue();

    assertThat(store.find(dead).join().state()).isEqualTo(State.VOID);
    assertThatThrownBy(() -> signUp(dead, email).join()).hasCauseInstanceOf(Problem.class);
    assertThat(store.find(email).join().userId()).isEqualTo(user);
  }

  @Test
  void anAddressThatIsJustBeingSignedUpIsNotTakenOver() {
    UUID slow = UUID.randomUUID();
    String email = slow + "@example.org";
    assertThat(claims.claim(email, slow, Instant.now()).join()).isTrue();

    assertThat(statusOf(signUp(UUID.randomUUID(), email))).isEqualTo(503);
    assertThat(signUp(slow, email).join().isActive()).isTrue();
    assertThat(statusOf(signUp(UUID.randomUUID(), email))).isEqualTo(409);
  }

  @Test
  void nobodyIsToldThatAnAddressIsTakenBeforeItsAccountIsMade() {
    UUID first = UUID.randomUUID();
    String email = first + "@example.org";
    assertThat(claims.claim(email, first, Instant.now()).join()).isTrue();

    CompletableFuture<Account> second = signUp(UUID.randomUUID(), email);
    Account made = signUp(first, email).join();

    assertThat(made.isActive()).isTrue();
    assertThat(statusOf(second)).isEqualTo(409);
  }

  @Test
  void fiftyWhoSignInAtOnceGetAsManyDevicesAsThePlanAllows() {
    Account account = newAccount();

    long opened =
        IntStream.range(0, 50)
            .mapToObj(i -> store.signIn(account, phone(), "key " + i))
            .toList()
            .stream()
            .filter(AccountStoreIT::succeeds)
            .count();

    assertThat(opened).isEqualTo(Plan.FREE.devices());
    assertThat(store.find(account.userId()).join().devices()).hasSize(Plan.FREE.devices());
  }

  @Test
  void ofManyWhoRefreshWithOneTokenNoTwoGetSessionsOfTheirOwn() {
    Account account = newAccount();
    Opened opened = store.signIn(account, phone(), "key").join();
    RefreshToken token = new RefreshToken(account.userId(), opened.session().sessionId(), 1);

    List<Opened> all =
        IntStream.range(0, 8).mapToObj(i -> store.refresh(token, "key " + i)).toList().stream()
            .filter(AccountStoreIT::succeeds)
            .map(CompletableFuture::join)
            .toList();

    assertThat(all.stream().filter(each -> each.session() != null)).hasSize(1);
    assertThat(store.find(account.userId()).join().deviceOf(token.sessionId())).isEmpty();
  }

  @Test
  void whatTheBillingSystemSaysTwiceIsInTheHistoryOnce() {
    Account account = newAccount();
    UUID event = UUID.randomUUID();
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    Paid premium = new Paid(Plan.PREMIUM, now, now.plusSeconds(3_600), now);

    store.subscribe(account.userId(), event, premium).join();
    Account after = store.subscribe(account.userId(), event, premium).join();

    assertThat(after.paid()).isEqualTo(premium);
    assertThat(after.version()).isEqualTo(2);
    assertThat(rows(account.userId(), "subscription")).hasSize(1);
  }

  @Test
  void aDeletedAccountLeavesNothingButThatItWasThere() {
    Account account = newAccount();
    store.signIn(account, phone(), "key").join();
    store
        .subscribe(
            account.userId(), UUID.randomUUID(), new Paid(Plan.PREMIUM, null, null, Instant.EPOCH))
        .join();
    Account known = store.find(account.userId()).join();

    assertThat(store.delete(known).join().state()).isEqualTo(State.DELETED);

    assertNothingIsLeft(account);
    assertThat(signUp(UUID.randomUUID(), account.email()).join().isActive()).isTrue();
  }

  @Test
  void aDeletionWhoseProcessDiedIsFinished() {
    Account account = newAccount();
    session.execute(
        "UPDATE accounts SET state = 'deleting' WHERE user_id = ? AND section = '' AND key = ''",
        account.userId());

    store.resume(account.userId()).toCompletableFuture().join();

    assertNothingIsLeft(account);
  }

  @Test
  void othersHearOfEachChangeInOrderAndOfNothingPersonal() {
    Account account = newAccount();
    for (int i = 0; i < 5; i++) {
      Opened opened = store.signIn(account, phone(), "key").join();
      store.signOut(account.userId(), opened.session().sessionId()).join();
    }
    store.delete(account).join();

    eventually(() -> state(account.userId()).contains(AccountState.DELETED));
    List<AccountChange> heard = heard(account.userId());
    List<Long> versions = firsts(heard);
    assertThat(versions).isSorted().hasSize(1 + 10 + 2);
    assertThat(heard.toString()).doesNotContain("example.org", "Lior", "phone", "argon");
    eventually(() -> rows(account.userId(), "outbox").isEmpty());
    eventually(
        () ->
            session.execute("SELECT id FROM unpublished").all().stream()
                .noneMatch(row -> account.userId().equals(row.getUuid("id"))));
  }

  private static void assertNothingIsLeft(Account account) {
    List<Row> left = rows(account.userId(), "");
    assertThat(left).hasSize(1);
    for (String column :
        List.of("email", "password", "name", "country", "plan", "plan_until", "session_id")) {
      assertThat(left.get(0).isNull(column)).as(column).isTrue();
    }
    assertThat(rows(account.userId(), "device")).isEmpty();
    assertThat(rows(account.userId(), "subscription")).isEmpty();
    assertThat(claims.find(account.email()).join())
        .satisfies(
            claim ->
                assertThat(claim.map(EmailClaims.Claim::userId))
                    .isNotEqualTo(Optional.of(account.userId())));
  }

  /** Versions in the order in which each was heard first. */
  private static List<Long> firsts(List<AccountChange> heard) {
    List<Long> versions = new ArrayList<>();
    for (AccountChange change : heard) {
      if (!versions.contains(change.getVersion())) {
        versions.add(change.getVersion());
      }
    }
    return versions;
  }

  private static List<AccountState> state(UUID user) {
    return heard(user).stream().map(AccountChange::getState).toList();
  }

  private static List<AccountChange> heard(UUID user) {
    return new LogReader<>(fresh.bootstrapServers(), fresh.registryUrl().toString(), topic)
        .all().stream().filter(entry -> entry.key().equals(user)).map(Entry::value).toList();
  }

  private static List<Row> rows(UUID user, String section) {
    return session
        .execute("SELECT * FROM accounts WHERE user_id = ? AND section = ?", user, section)
        .all();
  }

  private static Account newAccount() {
    UUID user = UUID.randomUUID();
    return signUp(user, user + "@example.org").join();
  }

  private static CompletableFuture<Account> signUp(UUID user, String email) {
    return store.signUp(new SignUp.Wanted(user, email, "$argon2id", "Lior", "IL"));
  }

  private static NewDevice phone() {
    return new NewDevice(null, DeviceType.MOBILE, "phone", null);
  }

  private static int statusOf(CompletableFuture<?> refused) {
    try {
      refused.join();
      return 0;
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(Problem.class);
      return ((Problem) e.getCause()).status();
    }
  }

  private static boolean succeeds(CompletableFuture<?> future) {
    try {
      future.join();
      return true;
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(Problem.class);
      assertThat(((Problem) e.getCause()).status()).isIn(401, 409, 429);
      return false;
    }
  }

  private static void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
