package io.downbeat.ingest.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.ingest.LogReader;
import io.downbeat.ingest.LogReader.Entry;
import io.downbeat.ingest.accounts.Account.Membership;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Account.State;
import io.downbeat.ingest.accounts.Family.Member;
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
import io.downbeat.schemas.avro.AccountFamily;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Families on a real Cassandra, and what others hear of them in a real log. */
final class FamilyStoreIT {

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private static final Paid FAMILY = new Paid(Plan.FAMILY, null, null, Instant.EPOCH);
  private static final Paid PREMIUM =
      new Paid(Plan.PREMIUM, null, null, Instant.EPOCH.plusSeconds(1));

  /** Within which a change of an owner's plan is known of all members. */
  private static final Duration KNOWN = Duration.ofSeconds(5);

  private static final Duration SWEPT = Duration.ofSeconds(60);

  private static Fresh fresh;
  private static Log log;
  private static LogWatch watch;
  private static Cassandra cassandra;
  private static OwnedTable accounts;
  private static OwnedState state;
  private static Topic<AccountChange> topic;
  private static Living living;

  /** The stores of one process. */
  private record Living(FamilyStore families, AccountStore accounts) {
    static Living by(Clock clock) {
      FamilyStore families = new FamilyStore(state, FamilyStoreIT.accounts, clock);
      return new Living(
          families,
          new AccountStore(
              state,
              FamilyStoreIT.accounts,
              new EmailClaims(cassandra),
              families,
              user -> CompletableFuture.completedFuture(null),
              clock));
    }
  }

  @BeforeAll
  static void start() throws Exception {
    fresh = SERVERS.fresh().createTopics(List.of(Topics.ACCOUNT_CHANGES)).createTables();
    topic = Topics.ACCOUNT_CHANGES.withPrefix(fresh.topicPrefix());
    log =
        new Log(
            Log.producer(
                fresh.bootstrapServers(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(4),
                Duration.ofMillis(5),
                16 << 20),
            new SimpleMeterRegistry(),
            failure -> {
              throw new AssertionError(failure);
            });
    int schema = new SchemaIds(fresh.registryUrl().toString(), Duration.ofSeconds(20)).of(topic);
    cassandra =
        Cassandra.connect(
            new Cassandra.Settings(
                fresh.cassandra(),
                fresh.datacenter(),
                fresh.keyspace(),
                Duration.ofSeconds(2),
                256,
                Duration.ofMillis(100)));
    accounts = new OwnedTable("accounts", "user_id", new TopicWriter<>(log, topic, schema));
    state = new OwnedState(cassandra, outbox(Clock.systemUTC()), ForkJoinPool.commonPool());
    living = Living.by(Clock.systemUTC());
    watch = new LogWatch(fresh.bootstrapServers(), log, List.of(topic.name()));
    watch.start();
    within(SWEPT, () -> cassandra.obstacle() == null && watch.obstacle() == null);
  }

  private static Outbox outbox(Clock clock) {
    return new Outbox(cassandra, List.of(accounts), clock, new SimpleMeterRegistry());
  }

  @AfterAll
  static void stop() {
    cassandra.close();
    log.close();
    watch.close();
  }

  @Test
  void ofFiftyWhoJoinAtOnceAsManyComeAsThereArePlaces() {
    UUID owner = owner();
    List<UUID> invitations =
        IntStream.range(0, 20)
            .mapToObj(i -> UUID.randomUUID())
            .filter(id -> succeeds(living.families().invite(owner, id)))
            .toList();
    assertThat(invitations).hasSize(Family.MOST - 1);
    List<UUID> users = IntStream.range(0, 50).mapToObj(i -> account()).toList();

    List<CompletableFuture<Paid>> joining =
        IntStream.range(0, 50)
            .mapToObj(i -> living.families().join(users.get(i), owner, invitations.get(i % 5)))
            .toList();
    long joined = joining.stream().filter(FamilyStoreIT::succeeds).count();

    assertThat(joined).isEqualTo(Family.MOST - 1);
    assertThat(family(owner).members()).hasSize(Family.MOST - 1);
    assertAgreed(owner, users);
    assertThat(family(owner).invitations().values()).noneMatch(Family.Invitation::open);
  }

  @Test
  void ofManyWhoInviteAtOnceNoMoreSucceedThanThereArePlaces() {
    UUID owner = owner();
    member(owner);

    long made =
        IntStream.range(0, 30)
            .mapToObj(i -> living.families().invite(owner, UUID.randomUUID()))
            .toList()
            .stream()
            .filter(FamilyStoreIT::succeeds)
            .count();

    assertThat(made).isEqualTo(Family.MOST - 2);
  }

  @Test
  void whoIsInvitedByManyJoinsOne() {
    List<UUID> owners = IntStream.range(0, 4).mapToObj(i -> owner()).toList();
    List<UUID> invitations = owners.stream().map(FamilyStoreIT::invitation).toList();
    UUID user = account();

    List<CompletableFuture<Paid>> joining =
        IntStream.range(0, 4)
            .mapToObj(i -> living.families().join(user, owners.get(i), invitations.get(i)))
            .toList();

    assertThat(joining.stream().filter(FamilyStoreIT::succeeds)).hasSize(1);
    owners.forEach(owner -> assertAgreed(owner, List.of(user)));
    assertThat(owners.stream().filter(owner -> !family(owner).members().isEmpty())).hasSize(1);
  }

  @Test
  void joiningAgainIsAnsweredTheSameAndWhoLeftNeedsAnotherInvitation() {
    UUID owner = owner();
    UUID user = account();
    UUID invitation = invitation(owner);

    Paid once = living.families().join(user, owner, invitation).join();
    assertThat(living.families().join(user, owner, invitation).join()).isEqualTo(once);
    assertThat(once).isEqualTo(FAMILY);
    assertThat(plan(user)).isEqualTo(Plan.FAMILY);
    assertThat(statusOf(living.families().join(user, owner(), invitation))).isEqualTo(409);

    living.families().leave(user).join();
    living.families().leave(user).join();
    assertThat(plan(user)).isEqualTo(Plan.FREE);
    assertAgreed(owner, List.of(user));
    assertThat(statusOf(living.families().join(user, owner, invitation))).isEqualTo(410);
    assertAgreed(owner, List.of(user));
    living.families().join(user, owner, invitation(owner)).join();
    living.families().remove(owner, user).join();
    living.families().remove(owner, user).join();
    assertThat(plan(user)).isEqualTo(Plan.FREE);
    assertAgreed(owner, List.of(user));
  }

  @Test
  void anotherPlanOfTheOwnerReachesAllWhoFollowTheLogWithinSeconds() {
    UUID owner = owner();
    List<UUID> users = List.of(member(owner), member(owner));

    subscribe(living, owner, PREMIUM);
    within(KNOWN, () -> users.stream().allMatch(user -> heardOfFamily(user) == null));
    assertThat(users).allMatch(user -> plan(user) == Plan.FREE);
    assertAgreed(owner, users);
    assertThat(statusOf(living.families().invite(owner, UUID.randomUUID()))).isEqualTo(409);

    Instant until = Instant.ofEpochMilli(System.currentTimeMillis()).plusSeconds(60);
    subscribe(living, owner, new Paid(Plan.FAMILY, null, until, PREMIUM.toldAt().plusSeconds(1)));
    within(
        KNOWN,
        () ->
            users.stream()
                .map(FamilyStoreIT::heardOfFamily)
                .allMatch(heard -> heard != null && until.equals(heard.getPlanUntil())));
    assertThat(living.accounts().find(users.get(0)).join().planAt(until)).isEqualTo(Plan.FREE);
  }

  @Test
  void theFamilyOfADeletedAccountEndsAndADeletedMemberIsInNone() {
    UUID owner = owner();
    UUID first = member(owner);
    UUID second = member(owner);

    delete(living, first);
    assertThat(family(owner).members()).containsOnlyKeys(second);
    delete(living, owner);

    within(KNOWN, () -> heardOfFamily(second) == null);
    assertThat(plan(second)).isEqualTo(Plan.FREE);
    assertThat(family(owner).members()).isEmpty();
    assertThat(family(owner).invitations()).isEmpty();
    assertThat(account(second).membership()).isNull();
  }

  @Test
  void whatDiedBetweenAnyTwoStepsIsFinishedByTheSweep() {
    UUID joinedBy = owner();
    UUID asked = account();
    UUID admitted = account();
    UUID tooLate = account();
    UUID one = invitation(joinedBy);
    UUID two = invitation(joinedBy);
    UUID withdrawn = invitation(joinedBy);
    living.families().withdraw(joinedBy, withdrawn).join();
    assertDies(dyingAfter(1).families().join(asked, joinedBy, one));
    assertDies(dyingAfter(2).families().join(admitted, joinedBy, two));
    assertDies(dyingAfter(1).families().join(tooLate, joinedBy, withdrawn));
    assertThat(family(joinedBy).members()).containsOnlyKeys(admitted);
    assertThat(account(admitted).membership()).matches(Membership::isAsked);

    UUID leftBy = owner();
    UUID removed = member(leftBy);
    UUID left = member(leftBy);
    assertDies(dyingAfter(0).families().remove(leftBy, removed));
    assertDies(dyingAfter(0).families().leave(left));
    assertThat(family(leftBy).members()).isEmpty();
    assertThat(plan(removed)).isEqualTo(Plan.FAMILY);

    UUID downgraded = owner();
    List<UUID> downgradedMembers = List.of(member(downgraded), member(downgraded));
    assertDies(subscribing(dyingAfter(1), downgraded, PREMIUM));
    UUID downgradedHalf = owner();
    List<UUID> halfMembers = List.of(member(downgradedHalf), member(downgradedHalf));
    assertDies(subscribing(dyingAfter(2), downgradedHalf, PREMIUM));
    assertThat(downgradedMembers).allMatch(user -> plan(user) == Plan.FAMILY);
    assertThat(halfMembers.stream().filter(user -> plan(user) == Plan.FAMILY)).hasSize(1);

    UUID deleted = owner();
    UUID orphan = member(deleted);
    assertDies(deleting(dyingAfter(1), deleted));
    assertThat(plan(orphan)).isEqualTo(Plan.FAMILY);
    UUID bereaved = owner();
    UUID deletedMember = member(bereaved);
    assertDies(deleting(dyingAfter(1), deletedMember));

    try (Outbox later = outbox(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3)))) {
      later.start(Map.of("accounts", living.accounts()::resume));
      within(SWEPT, () -> plan(asked) == Plan.FAMILY && plan(admitted) == Plan.FAMILY);
      within(SWEPT, () -> account(tooLate).membership() == null);
      within(SWEPT, () -> plan(removed) == Plan.FREE && plan(left) == Plan.FREE);
      within(SWEPT, () -> downgradedMembers.stream().allMatch(user -> plan(user) == Plan.FREE));
      within(SWEPT, () -> halfMembers.stream().allMatch(user -> plan(user) == Plan.FREE));
      within(SWEPT, () -> account(deleted).state() == State.DELETED);
      within(SWEPT, () -> account(deletedMember).state() == State.DELETED);
      within(SWEPT, () -> heardOfFamily(orphan) == null && heardOfFamily(removed) == null);
    }
    assertAgreed(joinedBy, List.of(asked, admitted, tooLate));
    assertThat(family(joinedBy).members()).containsOnlyKeys(asked, admitted);
    assertAgreed(leftBy, List.of(removed, left));
    assertAgreed(downgraded, downgradedMembers);
    assertAgreed(downgradedHalf, halfMembers);
    assertThat(family(downgradedHalf).members()).hasSize(2);
    assertThat(family(deleted).members()).isEmpty();
    assertThat(account(orphan).membership()).isNull();
    assertThat(family(bereaved).members()).isEmpty();
  }

  private static Living dyingAfter(int decisions) {
    return Living.by(new DyingClock(decisions));
  }

  private static void assertDies(CompletableFuture<?> steps) {
    assertThatThrownBy(steps::join).hasRootCauseInstanceOf(DyingClock.Dead.class);
  }

  /** Owner and members say the same. */
  private static void assertAgreed(UUID owner, List<UUID> users) {
    Family family = family(owner);
    for (UUID user : users) {
      Membership membership = account(user).membership();
      boolean isIn = membership != null && membership.ownerId().equals(owner);
      Member member = family.members().get(user);
      assertThat(member != null).as("in the list of its owner").isEqualTo(isIn);
      if (membership != null && member != null) {
        assertThat(membership.invitationId()).isEqualTo(member.invitationId());
        assertThat(membership.isAsked()).isFalse();
        Paid paid = family.owner().paid();
        assertThat(membership.paid())
            .isEqualTo(new Paid(paid.plan(), paid.from(), paid.until(), null));
      }
    }
  }

  private static UUID account() {
    UUID user = UUID.randomUUID();
    living
        .accounts()
        .signUp(new SignUp.Wanted(user, user + "@example.org", "$argon2id", "Lior", "IL"))
        .join();
    return user;
  }

  private static UUID owner() {
    UUID user = account();
    subscribe(living, user, FAMILY);
    return user;
  }

  private static UUID invitation(UUID owner) {
    return living.families().invite(owner, UUID.randomUUID()).join().invitationId();
  }

  private static UUID member(UUID owner) {
    UUID user = account();
    living.families().join(user, owner, invitation(owner)).join();
    return user;
  }

  private static void subscribe(Living process, UUID user, Paid paid) {
    subscribing(process, user, paid).join();
  }

  private static CompletableFuture<Account> subscribing(Living process, UUID user, Paid paid) {
    return process.accounts().subscribe(user, UUID.randomUUID(), paid);
  }

  private static void delete(Living process, UUID user) {
    deleting(process, user).join();
  }

  private static CompletableFuture<Account> deleting(Living process, UUID user) {
    return process.accounts().delete(account(user));
  }

  private static Account account(UUID user) {
    return living.accounts().find(user).join();
  }

  private static Plan plan(UUID user) {
    return account(user).planAt(Instant.now());
  }

  private static Family family(UUID owner) {
    return state.read(Family.reading(owner)).join();
  }

  /** What the newest change of an account in the log says of its family. */
  private static @Nullable AccountFamily heardOfFamily(UUID user) {
    return new LogReader<>(fresh.bootstrapServers(), fresh.registryUrl().toString(), topic)
        .all().stream()
            .filter(entry -> entry.key().equals(user))
            .map(Entry::value)
            .max(Comparator.comparing(AccountChange::getVersion))
            .map(AccountChange::getFamily)
            .orElse(null);
  }

  private static boolean succeeds(CompletableFuture<?> future) {
    try {
      future.join();
      return true;
    } catch (CompletionException e) {
      assertThat(status(e)).isIn(409, 410, 429);
      return false;
    }
  }

  private static int statusOf(CompletableFuture<?> future) {
    try {
      future.join();
      return 200;
    } catch (CompletionException e) {
      return status(e);
    }
  }

  private static int status(CompletionException failure) {
    assertThat(failure).hasCauseInstanceOf(Problem.class);
    return ((Problem) failure.getCause()).status();
  }

  private static void within(Duration time, BooleanSupplier condition) {
    long deadline = System.nanoTime() + time.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
