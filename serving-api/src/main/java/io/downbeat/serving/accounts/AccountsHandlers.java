package io.downbeat.serving.accounts;

import io.downbeat.schemas.rules.Plan;
import io.downbeat.serving.accounts.Account.Membership;
import io.downbeat.serving.accounts.Account.Subscribed;
import io.downbeat.serving.http.Deferred;
import io.downbeat.serving.http.Listeners;
import io.downbeat.serving.http.Listeners.Caller;
import io.downbeat.serving.http.Problem;
import io.downbeat.serving.http.Query;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/me}, {@code /v1/me/subscription}, {@code /v1/family} and {@code /v1/devices}.
 * Thread-safe.
 */
public final class AccountsHandlers {

  private record DeviceView(
      UUID deviceId,
      @Nullable String type,
      @Nullable String name,
      @Nullable Instant createdAt,
      @Nullable Instant lastActiveAt,
      boolean signedIn,
      boolean current) {}

  private record MemberView(UUID userId, @Nullable String name, Instant joinedAt) {
    static MemberView of(Family.Member member, Optional<Account> account) {
      return new MemberView(
          member.userId(), account.map(Account::name).orElse(null), member.joinedAt());
    }
  }

  private final AccountsStore store;
  private final Listeners listeners;
  private final Clock clock;
  private final Deferred deferred;

  public AccountsHandlers(
      AccountsStore store, Listeners listeners, Clock clock, Deferred deferred) {
    this.store = store;
    this.listeners = listeners;
    this.clock = clock;
    this.deferred = deferred;
  }

  public void me(Context ctx) {
    UUID user = caller(ctx).userId();
    deferred.answerPersonal(
        ctx, () -> store.account(user).thenApply(account -> view(found(account, user))));
  }

  public void subscription(Context ctx) {
    UUID user = caller(ctx).userId();
    deferred.answerPersonal(
        ctx, () -> store.subscription(user).thenApply(known -> view(found(known, user))));
  }

  public void family(Context ctx) {
    UUID user = caller(ctx).userId();
    deferred.answerPersonal(
        ctx, () -> store.account(user).thenCompose(account -> family(found(account, user))));
  }

  private CompletionStage<Map<String, Object>> family(Account account) {
    Membership membership = account.membership();
    if (membership != null) {
      return CompletableFuture.completedFuture(
          Map.of("role", "member", "owner_id", membership.ownerId()));
    }
    return store.family(account.userId()).thenCompose(family -> named(account, family));
  }

  /** With the names of the members, by which the owner knows them. */
  private CompletionStage<Map<String, Object>> named(Account owner, Family family) {
    Instant now = clock.instant();
    List<Family.Invitation> open =
        family.invitations().stream()
            .filter(invitation -> now.isBefore(invitation.expiresAt()))
            .sorted(Comparator.comparing(Family.Invitation::expiresAt))
            .toList();
    if (owner.subscribed().at(now) != Plan.FAMILY && family.members().isEmpty() && open.isEmpty()) {
      throw Problem.unknown("user_id", owner.userId().toString(), "The listener is in no family");
    }
    CompletionStage<List<MemberView>> named = CompletableFuture.completedFuture(List.of());
    for (Family.Member member : family.members()) {
      named =
          named.thenCombine(
              store.account(member.userId()),
              (before, account) ->
                  Stream.concat(before.stream(), Stream.of(MemberView.of(member, account)))
                      .toList());
    }
    return named.thenApply(
        members ->
            Map.of(
                "role",
                "owner",
                "owner_id",
                owner.userId(),
                "members",
                members.stream().sorted(Comparator.comparing(MemberView::joinedAt)).toList(),
                "invitations",
                open));
  }

  public void devices(Context ctx) {
    Caller caller = caller(ctx);
    deferred.answerPersonal(
        ctx, () -> store.devices(caller.userId()).thenApply(devices -> view(devices, caller)));
  }

  private Caller caller(Context ctx) {
    Caller caller = listeners.caller(ctx);
    Query.of(ctx.queryParamMap(), Set.of());
    return caller;
  }

  private static <T> T found(Optional<T> known, UUID user) {
    return known.orElseThrow(
        () -> Problem.unknown("user_id", user.toString(), "There is no account of this id"));
  }

  private Map<String, Object> view(Account account) {
    Instant now = clock.instant();
    Subscribed counts = account.at(now);
    Plan plan = counts.at(now);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("user_id", account.userId());
    view.put("email", account.email());
    view.put("name", account.name());
    view.put("country", account.country());
    view.put("created_at", account.createdAt());
    view.put("plan", plan.key());
    view.put("plan_until", plan == Plan.FREE ? null : counts.until());
    return view;
  }

  private Map<String, Object> view(Subscription subscription) {
    Account account = subscription.account();
    Membership membership = account.membership();
    Map<String, Object> view = view(account.at(clock.instant()));
    view.put("family_owner_id", membership == null ? null : membership.ownerId());
    view.put(
        "history",
        subscription.history().stream()
            .map(
                told -> {
                  Map<String, Object> each = view(told.subscribed());
                  each.put("told_at", told.toldAt());
                  return each;
                })
            .toList());
    return view;
  }

  private static Map<String, Object> view(Subscribed subscribed) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("plan", subscribed.plan().key());
    view.put("from", subscribed.from());
    view.put("until", subscribed.until());
    return view;
  }

  private Map<String, Object> view(List<Device> devices, Caller caller) {
    Instant now = clock.instant();
    return Map.of(
        "devices",
        devices.stream()
            .sorted(
                Comparator.comparing(
                    Device::lastActiveAt, Comparator.nullsLast(Comparator.reverseOrder())))
            .map(
                device ->
                    new DeviceView(
                        device.deviceId(),
                        device.type(),
                        device.name(),
                        device.createdAt(),
                        device.lastActiveAt(),
                        device.sessionUntil() != null && now.isBefore(device.sessionUntil()),
                        device.deviceId().equals(caller.deviceId())))
            .toList());
  }
}
