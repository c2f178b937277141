package io.downbeat.ingest.accounts;

import static io.downbeat.ingest.http.HttpServer.answer;

import io.downbeat.access.AccessToken;
import io.downbeat.access.http.ClientAddress;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Accounts.NewDevice;
import io.downbeat.ingest.accounts.Accounts.Opened;
import io.downbeat.ingest.http.Callers;
import io.downbeat.ingest.http.IdempotencyKey;
import io.downbeat.ingest.http.JsonBody;
import io.downbeat.ingest.http.SignInThrottle;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.schemas.avro.SecurityEventType;
import io.downbeat.schemas.identity.Uuids;
import io.downbeat.schemas.rules.Plan;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Accounts and sessions over HTTP. Thread-safe; no thread waits. */
public final class AccountsHandlers {
  private static final int SHORTEST_PASSWORD = 8;
  private static final int LONGEST_PASSWORD = 256;
  private static final int LONGEST_TOKEN = 128;
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
  private static final String COUNTRY_RULE = "two capital letters (ISO 3166-1 alpha-2)";
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
  private static final UUID SIGN_UPS = UUID.fromString("5e2b4e1c-6c1f-4b62-9d1d-2f0f6f3b7a51");
  private static final Map<String, Plan> PLANS =
      Arrays.stream(Plan.values()).collect(Collectors.toMap(Plan::key, Function.identity()));
  private static final String PLANS_RULE = "one of free, premium, family, student";

  private record ProfileView(
      UUID userId,
      @Nullable String email,
      String name,
      @Nullable String country,
      String createdAt) {
    static ProfileView of(Account account) {
      return new ProfileView(
          account.userId(),
          account.email().isEmpty() ? null : account.email(),
          account.name(),
          account.country(),
          account.createdAt().toString());
    }
  }

  private record SubscriptionView(
      UUID userId, String plan, @Nullable String from, @Nullable String until) {
    static SubscriptionView of(Account account) {
      Paid paid = account.paid();
      return new SubscriptionView(
          account.userId(), paid.plan().key(), text(paid.from()), text(paid.until()));
    }

    private static @Nullable String text(@Nullable Instant time) {
      return time == null ? null : time.toString();
    }
  }

  private final AccountStore accounts;
  private final Passwords passwords;
  private final Tokens tokens;
  private final RefreshTokens refreshTokens;
  private final Callers callers;
  private final SignInThrottle throttle;
  private final SecurityLog security;
  private final @Nullable ExternalSignIn external;

  /**
   * @param external that takes the place of passwords; null if none does
   */
  public AccountsHandlers(
      AccountStore accounts,
      Passwords passwords,
      Tokens tokens,
      RefreshTokens refreshTokens,
      Callers callers,
      SignInThrottle throttle,
      SecurityLog security,
      @Nullable ExternalSignIn external) {
    this.accounts = accounts;
    this.passwords = passwords;
    this.tokens = tokens;
    this.refreshTokens = refreshTokens;
    this.callers = callers;
    this.throttle = throttle;
    this.security = security;
    this.external = external;
  }

  private void requirePasswords() {
    if (external != null) {
      throw external.elsewhere();
    }
  }

  private record Profile(
      @Nullable String email,
      @Nullable String password,
      @Nullable String name,
      @Nullable String country) {}

  /** {@code POST /v1/accounts}. */
  public void signUp(Context ctx) {
    requirePasswords();
    String key = IdempotencyKey.of(ctx);
    UUID named = callers.named(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String email = null;
          String password = null;
          String name = null;
          String country = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "email" -> email = email(fields);
              case "password" -> password = newPassword(fields);
              case "name" -> name = fields.name(Accounts.LONGEST_NAME);
              case "country" -> country = fields.text(COUNTRY, COUNTRY_RULE);
              default -> throw fields.unknown();
            }
          }
          return new Profile(
              fields.required("email", email),
              fields.required("password", password),
              fields.required("name", name),
              country);
        },
        wanted -> {
          String email = EmailAddress.claimed(String.valueOf(wanted.email()));
          return passwords
              .keep(String.valueOf(wanted.password()))
              .thenCompose(
                  kept ->
                      accounts.signUp(
                          new SignUp.Wanted(
                              named != null ? named : Uuids.named(SIGN_UPS, key + " " + email),
                              email,
                              kept,
                              String.valueOf(wanted.name()),
                              wanted.country())))
              .thenAccept(
                  account -> {
                    security.note(SecurityEventType.SIGNED_UP, account.userId(), null);
                    answer(ctx, 201, ProfileView.of(account));
                  });
        });
  }

  private record SigningIn(String email, String password, NewDevice device) {}

  /** {@code POST /v1/sessions}. */
  public void signIn(Context ctx) {
    if (external != null) {
      external.signIn(ctx);
      return;
    }
    String key = IdempotencyKey.of(ctx);
    String address = ClientAddress.of(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String email = null;
          String password = null;
          NewDevice device = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "email" -> email = email(fields);
              case "password" -> password = fields.secret(0, LONGEST_PASSWORD);
              case "device" -> {
                Fields inner = fields.object();
                device = inner == null ? null : DevicesHandlers.device(inner, true);
              }
              default -> throw fields.unknown();
            }
          }
          return new SigningIn(
              EmailAddress.claimed(fields.required("email", email)),
              fields.required("password", password),
              fields.required("device", device));
        },
        wanted ->
            accounts
                .find(wanted.email())
                .thenCompose(
                    account ->
                        verified(account, wanted.password(), wanted.email(), address)
                            .thenCompose(right -> accounts.signIn(account, wanted.device(), key)))
                .thenAccept(
                    opened -> {
                      security.note(
                          SecurityEventType.SIGNED_IN,
                          opened.account().userId(),
                          opened.deviceId());
                      give(ctx, 201, opened, tokens);
                    }));
  }

  /** {@code POST /v1/sessions/refresh}. */
  public void refresh(Context ctx) {
    String key = IdempotencyKey.of(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String token = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "refresh_token" -> token = fields.secret(1, LONGEST_TOKEN);
              default -> throw fields.unknown();
            }
          }
          return fields.required("refresh_token", token);
        },
        text ->
            accounts
                .refresh(refreshTokens.read(text).orElseThrow(Accounts::invalidToken), key)
                .thenAccept(
                    opened -> {
                      if (opened.session() == null) {
                        security.note(
                            SecurityEventType.REFRESH_TOKEN_REUSED,
                            opened.account().userId(),
                            opened.deviceId());
                        throw Accounts.invalidToken();
                      }
                      give(ctx, 200, opened, tokens);
                    }));
  }

  static void give(Context ctx, int status, Opened opened, Tokens tokens) {
    Account.Session session = opened.session();
    if (session == null) {
      throw Accounts.invalidToken();
    }
    answer(ctx, status, tokens.give(opened.account(), opened.deviceId(), session));
  }

  /** {@code DELETE /v1/sessions/current}. */
  public void signOut(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    ctx.future(
        () ->
            accounts
                .signOut(caller.userId(), caller.sessionId())
                .thenAccept(
                    done -> {
                      security.note(
                          SecurityEventType.SIGNED_OUT, caller.userId(), caller.deviceId());
                      ctx.status(204);
                    }));
  }

  /** {@code DELETE /v1/sessions}. */
  public void signOutEverywhere(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    ctx.future(
        () ->
            accounts
                .signOutEverywhere(caller.userId())
                .thenAccept(
                    done -> {
                      security.note(SecurityEventType.SIGNED_OUT_EVERYWHERE, caller.userId(), null);
                      ctx.status(204);
                    }));
  }

  private record NewPassword(String password, String newPassword) {}

  /** {@code PUT /v1/me/password}. */
  public void changePassword(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    requirePasswords();
    String address = ClientAddress.of(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String password = null;
          String newPassword = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "password" -> password = fields.secret(0, LONGEST_PASSWORD);
              case "new_password" -> newPassword = newPassword(fields);
              default -> throw fields.unknown();
            }
          }
          return new NewPassword(
              fields.required("password", password), fields.required("new_password", newPassword));
        },
        wanted ->
            accounts
                .find(caller.userId())
                .thenCompose(
                    account ->
                        verified(account, wanted.password(), caller, address)
                            .thenCompose(right -> passwords.keep(wanted.newPassword()))
                            .thenCompose(
                                kept -> accounts.changePassword(account, kept, caller.deviceId())))
                .thenAccept(
                    done -> {
                      security.note(
                          SecurityEventType.PASSWORD_CHANGED, caller.userId(), caller.deviceId());
                      ctx.status(204);
                    }));
  }

  /** {@code PATCH /v1/me}. */
  public void changeProfile(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String name = null;
          String country = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "name" -> name = fields.name(Accounts.LONGEST_NAME);
              case "country" -> country = fields.text(COUNTRY, COUNTRY_RULE);
              default -> throw fields.unknown();
            }
          }
          return new Profile(null, null, name, country);
        },
        wanted ->
            accounts
                .changeProfile(caller.userId(), wanted.name(), wanted.country())
                .thenAccept(account -> answer(ctx, 200, ProfileView.of(account))));
  }

  /** {@code POST /v1/me/deletion}. */
  public void delete(Context ctx) {
    if (external != null) {
      external.delete(ctx);
      return;
    }
    AccessToken caller = callers.signedIn(ctx);
    String address = ClientAddress.of(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String password = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "password" -> password = fields.secret(0, LONGEST_PASSWORD);
              default -> throw fields.unknown();
            }
          }
          return fields.required("password", password);
        },
        password ->
            accounts
                .find(caller.userId())
                .thenCompose(
                    account ->
                        verified(account, password, caller, address)
                            .thenCompose(right -> accounts.delete(account)))
                .thenAccept(
                    done -> {
                      security.note(SecurityEventType.ACCOUNT_DELETED, caller.userId(), null);
                      ctx.status(204);
                    }));
  }

  private record Subscription(UUID eventId, UUID userId, Paid paid) {}

  /** {@code POST /v1/subscriptions}, for the billing system. */
  public void subscribe(Context ctx) {
    JsonBody.take(
        ctx,
        fields -> {
          UUID eventId = null;
          UUID userId = null;
          Plan plan = null;
          Instant from = null;
          Instant until = null;
          Instant toldAt = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "event_id" -> eventId = fields.uuid();
              case "user_id" -> userId = fields.uuid();
              case "plan" -> plan = fields.oneOf(PLANS, PLANS_RULE);
              case "from" -> from = fields.time(Instant.EPOCH, LATEST);
              case "until" -> until = fields.time(Instant.EPOCH, LATEST);
              case "told_at" -> toldAt = fields.time(Instant.EPOCH, LATEST);
              default -> throw fields.unknown();
            }
          }
          if (from != null && until != null && !from.isBefore(until)) {
            throw new RefusedException(new Refusal("until", until.toString(), "a time after from"));
          }
          return new Subscription(
              fields.required("event_id", eventId),
              fields.required("user_id", userId),
              new Paid(
                  fields.required("plan", plan), from, until, fields.required("told_at", toldAt)));
        },
        wanted ->
            accounts
                .subscribe(wanted.userId(), wanted.eventId(), wanted.paid())
                .thenAccept(account -> answer(ctx, 200, SubscriptionView.of(account))));
  }

  /** Of one who is signed in: whoever stole the token may guess no more than others. */
  private CompletableFuture<Void> verified(
      Account account, String password, AccessToken caller, String address) {
    return verified(account, password, caller.userId().toString(), address);
  }

  /**
   * Fails as where there is no such account, and takes as long.
   *
   * @param whose who may not be guessed at too often
   */
  private CompletableFuture<Void> verified(
      Account account, String password, String whose, String address) {
    throttle.check(whose, address);
    return passwords
        .matches(password, account.isActive() ? account.password() : "")
        .thenAccept(
            right -> {
              if (right) {
                throttle.succeeded(whose);
                return;
              }
              throttle.failed(whose, address);
              if (account.isActive()) {
                security.note(SecurityEventType.SIGN_IN_FAILED, account.userId(), null);
              } else {
                security.note(SecurityEventType.SIGN_IN_FAILED);
              }
              throw Accounts.wrongPassword();
            });
  }

  private static @Nullable String email(Fields fields) throws IOException, RefusedException {
    String email = fields.name(EmailAddress.LONGEST);
    if (email != null && !EmailAddress.isOne(email)) {
      throw fields.refused(EmailAddress.RULE);
    }
    return email;
  }

  private static @Nullable String newPassword(Fields fields) throws IOException, RefusedException {
    return fields.secret(SHORTEST_PASSWORD, LONGEST_PASSWORD);
  }
}
