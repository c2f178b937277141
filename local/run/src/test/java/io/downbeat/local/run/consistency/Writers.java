package io.downbeat.local.run.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.local.run.consistency.Caller.Answer;
import io.downbeat.local.run.consistency.KeptState.AccountState;
import io.downbeat.local.run.consistency.KeptState.LibraryState;
import io.downbeat.local.run.consistency.Operation.Outcome;
import io.downbeat.schemas.avro.LibraryList;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.Plan;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * People who sign up for the same e-mail addresses, register and remove devices, change their plan,
 * like and follow, all at once on few accounts, and look at what became of it. Whoever doesn't know
 * asks for the same again. All of it is recorded.
 */
final class Writers {
  private static final int WRITERS = 16;
  private static final int MOST_TRIES = 3;
  private static final int DEVICES = 12;
  private static final int THINGS = 3;
  private static final int ATTEMPTS_PER_EMAIL = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Instant FIRST_TOLD = Instant.parse("2026-01-01T00:00:00Z");
  private static final String PASSWORD = "correct horse battery staple";
  private static final List<Plan> PLANS = List.of(Plan.FREE, Plan.FREE, Plan.PREMIUM);

  /** Somebody with an account, signed in on a device. */
  record Listener(UUID userId, UUID device, String token) {
    UUID thing(String kind, int n) {
      return Uuids.named(userId, kind + n);
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "account " + userId;
    }
  }

  /** A thing that may be in a list. */
  record Entry(UUID user, LibraryList list, UUID item) {}

  final Histories<Listener, PaidDevices.State, PaidDevices.Action> accounts =
      new Histories<>(listener -> new PaidDevices(listener.device()));
  final Histories<Entry, Boolean, Register.Action<Boolean>> library =
      new Histories<>(entry -> new Register<>(false));
  final Histories<String, Optional<String>, Claim.Action<String>> emails =
      new Histories<>(email -> new Claim<>());

  /** What was seen that contradicts itself, and what went wrong in the test. */
  final Queue<String> strange = new ConcurrentLinkedQueue<>();

  private final Caller caller = new Caller();
  private final KeptState kept;
  private final List<URI> origins;
  private final List<Listener> listeners = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong told = new AtomicLong();
  private final AtomicInteger signUps = new AtomicInteger();
  private volatile boolean stopping;

  /**
   * @param origins of the processes that are asked
   */
  Writers(KeptState kept, List<URI> origins) {
    this.kept = kept;
    this.origins = origins;
  }

  List<Listener> listeners() {
    return listeners;
  }

  /** Makes accounts; returns when each process knows their tokens. */
  Writers signUp(int accounts) throws InterruptedException {
    for (int i = 0; i < accounts; i++) {
      String email = "listener-%d@example.org".formatted(i);
      await(
          "the account of " + email,
          () -> signUp(origins.get(0), email, email, "sign-up-" + email).status() == 201);
      Answer[] session = new Answer[1];
      await(
          "a session of " + email,
          () -> {
            session[0] = signIn(email);
            return session[0].status() == 201;
          });
      listeners.add(
          new Listener(
              UUID.fromString(session[0].body().get("user_id").asText()),
              UUID.fromString(session[0].body().get("device_id").asText()),
              session[0].body().get("access_token").asText()));
    }
    Map<String, String> bearer = Map.of("Authorization", "Bearer " + listeners.get(0).token());
    for (URI origin : origins) {
      await("tokens are known", () -> isKnown(origin, bearer));
    }
    return this;
  }

  private boolean isKnown(URI origin, Map<String, String> bearer) {
    try {
      return send(origin, "PATCH", "/v1/me", bearer, "{}").status() == 200;
    } catch (IllegalStateException unauthorized) {
      return false;
    }
  }

  private Answer signIn(String email) {
    return send(
        origins.get(0),
        "POST",
        "/v1/sessions",
        Map.of("Idempotency-Key", "sign-in-" + email),
        """
        {"email":"%s","password":"%s","device":{"type":"mobile","name":"first"}}
        """
            .formatted(email, PASSWORD));
  }

  Writers start() {
    for (int i = 0; i < WRITERS; i++) {
      Random random = new Random(i);
      Thread thread = new Thread(() -> write(random), "writer-" + i);
      threads.add(thread);
      thread.start();
    }
    return this;
  }

  /** Returns when so many more changes have been carried out. */
  void awaitMore(int changes, String when) {
    long before = done.get();
    await(changes + " changes " + when, () -> done.get() >= before + changes);
  }

  void stop() throws InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  long count() {
    return accounts.count() + library.count() + emails.count();
  }

  long count(Outcome outcome) {
    return accounts.count(outcome) + library.count(outcome) + emails.count(outcome);
  }

  List<String> violations() {
    List<String> all = new ArrayList<>(strange);
    all.addAll(accounts.violations());
    all.addAll(library.violations());
    all.addAll(emails.violations());
    return all;
  }

  private void write(Random random) {
    try {
      while (!stopping) {
        Listener listener = listeners.get(random.nextInt(listeners.size()));
        URI origin = origins.get(random.nextInt(origins.size()));
        int dice = random.nextInt(100);
        if (dice < 30) {
          changeLibrary(origin, listener, random);
        } else if (dice < 45) {
          readLibrary(listener);
        } else if (dice < 65) {
          changeDevices(origin, listener, random);
        } else if (dice < 75) {
          tellPlan(origin, listener, PLANS.get(random.nextInt(PLANS.size())));
        } else if (dice < 92) {
          readAccount(listener);
        } else if (dice < 95) {
          signUpForTheSame(origin, signUps.getAndIncrement() / ATTEMPTS_PER_EMAIL);
        } else {
          readEmail(random.nextInt(1 + signUps.get() / ATTEMPTS_PER_EMAIL));
        }
      }
    } catch (RuntimeException | AssertionError e) {
      strange.add(Thread.currentThread().getName() + " ended: " + e);
    }
  }

  private void changeLibrary(URI origin, Listener listener, Random random) {
    boolean like = random.nextBoolean();
    boolean add = random.nextInt(100) < 60;
    LibraryList list = like ? LibraryList.LIKED_TRACKS : LibraryList.FOLLOWED_ARTISTS;
    Entry entry =
        new Entry(listener.userId(), list, listener.thing(list.name(), random.nextInt(THINGS)));
    untilKnown(
        () -> put(origin, entry, add),
        answer -> library.add(entry, answer.as(who(), new Register.Action.Write<>(add))));
  }

  private Answer put(URI origin, Entry entry, boolean add) {
    String path = entry.list() == LibraryList.LIKED_TRACKS ? "likes/" : "following/artists/";
    return send(
        origin,
        add ? "PUT" : "DELETE",
        "/v1/me/" + path + entry.item(),
        Map.of(
            "Authorization",
            "Bearer " + IngestProcess.KEY,
            "Downbeat-User",
            entry.user().toString()),
        "");
  }

  private void readLibrary(Listener listener) {
    long askedAt = System.nanoTime();
    LibraryState read = answered(() -> kept.library(listener.userId())).orElse(null);
    if (read == null) {
      return;
    }
    long answeredAt = System.nanoTime();
    strange.addAll(read.strange());
    for (LibraryList list : KeptState.LISTS) {
      for (int i = 0; i < THINGS; i++) {
        Entry entry = new Entry(listener.userId(), list, listener.thing(list.name(), i));
        boolean there = read.lists().get(list).containsKey(entry.item());
        library.add(entry, read(askedAt, answeredAt, new Register.Action.Read<>(there)));
      }
    }
  }

  private void changeDevices(URI origin, Listener listener, Random random) {
    UUID device = listener.thing("device", random.nextInt(DEVICES));
    Map<String, String> bearer = Map.of("Authorization", "Bearer " + listener.token());
    if (random.nextInt(100) < 65) {
      String json =
          """
          {"device_id":"%s","type":"tv","name":"another"}
          """
              .formatted(device);
      untilKnown(
          () -> send(origin, "POST", "/v1/devices", bearer, json),
          answer -> accounts.add(listener, answer.as(who(), new PaidDevices.Action.Add(device))));
    } else {
      untilKnown(
          () -> send(origin, "DELETE", "/v1/devices/" + device, bearer, ""),
          answer ->
              accounts.add(listener, answer.as(who(), new PaidDevices.Action.Remove(device))));
    }
  }

  private void tellPlan(URI origin, Listener listener, Plan plan) {
    long at = told.incrementAndGet();
    String json =
        """
        {"event_id":"%s","user_id":"%s","plan":"%s","told_at":"%s"}
        """
            .formatted(UUID.randomUUID(), listener.userId(), plan.key(), FIRST_TOLD.plusMillis(at));
    untilKnown(
        () ->
            send(
                origin,
                "POST",
                "/v1/subscriptions",
                Map.of("Authorization", "Bearer " + IngestProcess.KEY),
                json),
        answer ->
            accounts.add(listener, answer.as(who(), new PaidDevices.Action.Subscribe(plan, at))));
  }

  private void readAccount(Listener listener) {
    long askedAt = System.nanoTime();
    answered(() -> kept.account(listener.userId()))
        .ifPresent(
            read ->
                accounts.add(
                    listener,
                    read(
                        askedAt,
                        System.nanoTime(),
                        new PaidDevices.Action.Read(read.plan(), read.devices()))));
  }

  private void signUpForTheSame(URI origin, int n) {
    String email = email(n);
    String name = "attempt " + UUID.randomUUID();
    untilKnown(
        () -> signUp(origin, email, name, name.replace(' ', '-')),
        answer -> emails.add(email, answer.as(who(), new Claim.Action.Win<>(name))));
  }

  private void readEmail(int n) {
    String email = email(n);
    long askedAt = System.nanoTime();
    answered(() -> kept.winner(email))
        .ifPresent(
            winner ->
                emails.add(
                    email, read(askedAt, System.nanoTime(), new Claim.Action.Read<>(winner))));
  }

  private static String email(int n) {
    return "wanted-%d@example.org".formatted(n);
  }

  private Answer signUp(URI origin, String email, String name, String key) {
    return send(
        origin,
        "POST",
        "/v1/accounts",
        Map.of("Idempotency-Key", key),
        """
        {"email":"%s","password":"%s","name":"%s"}
        """
            .formatted(email, PASSWORD, name));
  }

  /** One more change of each account, which publishes what changes before it have left. */
  void changeAllOnceMore() {
    for (Listener listener : listeners) {
      Entry entry =
          new Entry(
              listener.userId(),
              LibraryList.LIKED_TRACKS,
              listener.thing(LibraryList.LIKED_TRACKS.name(), 0));
      boolean there = library(listener).lists().get(entry.list()).containsKey(entry.item());
      Answer changed = put(origins.get(0), entry, !there);
      library.add(entry, changed.as(who(), new Register.Action.Write<>(!there)));
      AccountState account = kept.account(listener.userId());
      tellPlan(origins.get(0), listener, account.plan() == Plan.FREE ? Plan.PREMIUM : Plan.FREE);
    }
  }

  /** Each account and e-mail address is read once more, now that nobody changes them. */
  void readAll() {
    listeners.forEach(this::readAccount);
    listeners.forEach(this::readLibrary);
    IntStream.rangeClosed(0, signUps.get() / ATTEMPTS_PER_EMAIL).forEach(this::readEmail);
  }

  private LibraryState library(Listener listener) {
    return kept.library(listener.userId());
  }

  private void untilKnown(Supplier<Answer> ask, Consumer<Answer> record) {
    for (int i = 0; i < MOST_TRIES; i++) {
      Answer answer = ask.get();
      record.accept(answer);
      if (answer.outcome() == Outcome.OK) {
        done.incrementAndGet();
      }
      if (answer.outcome() != Outcome.UNKNOWN) {
        return;
      }
    }
  }

  private static <A> Operation<A> read(long askedAt, long answeredAt, A what) {
    return new Operation<>(who(), what, askedAt, answeredAt, Outcome.OK);
  }

  private static String who() {
    return Thread.currentThread().getName();
  }

  /** Empty while there is no quorum: such a read says nothing. */
  private static <T> Optional<T> answered(Supplier<T> read) {
    try {
      return Optional.of(read.get());
    } catch (RuntimeException e) {
      if (KeptState.isAway(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Answer send(
      URI origin, String method, String path, Map<String, String> headers, String json) {
    try {
      return caller.send(origin, method, path, headers, json);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    await(what, PATIENCE, condition);
  }

  static void await(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for %s", what).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }
}
