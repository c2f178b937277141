package io.downbeat.ingest.accounts;

import io.downbeat.access.AccessToken;
import io.downbeat.ingest.accounts.Accounts.NewDevice;
import io.downbeat.ingest.http.Callers;
import io.downbeat.ingest.http.IdempotencyKey;
import io.downbeat.ingest.http.JsonBody;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.oidc.IdentityProvider;
import io.downbeat.ingest.oidc.IdentityProvider.Identity;
import io.downbeat.schemas.avro.SecurityEventType;
import io.javalin.http.Context;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Signing in with the token of an identity provider instead of a password. The first time makes the
 * account. Thread-safe; no thread waits.
 */
public final class ExternalSignIn {
  private static final int LONGEST_TOKEN = 12_000;
  private static final int LONGEST_NONCE = 256;

  private record SigningIn(String idToken, @Nullable String nonce, NewDevice device) {}

  private final IdentityProvider provider;
  private final AccountStore accounts;
  private final Tokens tokens;
  private final Callers callers;
  private final SecurityLog security;

  public ExternalSignIn(
      IdentityProvider provider,
      AccountStore accounts,
      Tokens tokens,
      Callers callers,
      SecurityLog security) {
    this.provider = provider;
    this.accounts = accounts;
    this.tokens = tokens;
    this.callers = callers;
    this.security = security;
  }

  /** What has to do with passwords is answered so. */
  Problem elsewhere() {
    return new Problem(
            403,
            "There are no passwords here: sign in at the identity provider, and send its id_token"
                + " to POST /v1/sessions")
        .with("issuer", provider.issuer());
  }

  /** {@code POST /v1/sessions}. */
  void signIn(Context ctx) {
    String key = IdempotencyKey.of(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String idToken = null;
          String nonce = null;
          NewDevice device = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "id_token" -> idToken = fields.secret(1, LONGEST_TOKEN);
              case "nonce" -> nonce = fields.secret(1, LONGEST_NONCE);
              case "device" -> {
                Fields inner = fields.object();
                device = inner == null ? null : DevicesHandlers.device(inner, true);
              }
              case "email", "password" -> throw elsewhere();
              default -> throw fields.unknown();
            }
          }
          return new SigningIn(
              fields.required("id_token", idToken), nonce, fields.required("device", device));
        },
        wanted ->
            provider
                .verify(wanted.idToken(), wanted.nonce())
                .thenCompose(identity -> signIn(identity, wanted.device(), key))
                .thenAccept(opened -> AccountsHandlers.give(ctx, 201, opened, tokens)));
  }

  private CompletableFuture<Accounts.Opened> signIn(
      Identity identity, NewDevice device, String key) {
    return accounts
        .welcome(identity)
        .thenCompose(
            account -> {
              if (account.version() == 1) {
                security.note(SecurityEventType.SIGNED_UP, account.userId(), null);
              }
              return accounts.signIn(account, device, key);
            })
        .thenApply(
            opened -> {
              security.note(
                  SecurityEventType.SIGNED_IN, opened.account().userId(), opened.deviceId());
              return opened;
            });
  }

  /** {@code POST /v1/me/deletion}. */
  void delete(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String idToken = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "id_token" -> idToken = fields.secret(1, LONGEST_TOKEN);
              case "password" -> throw elsewhere();
              default -> throw fields.unknown();
            }
          }
          return fields.required("id_token", idToken);
        },
        idToken ->
            provider
                .verify(idToken, null)
                .thenCompose(accounts::find)
                .thenCompose(
                    account -> {
                      if (!account.userId().equals(caller.userId())) {
                        throw new Problem(401, "The id_token is not about whoever is signed in")
                            .with("field", "id_token")
                            .withHeader("WWW-Authenticate", "Bearer");
                      }
                      return accounts.delete(account);
                    })
                .thenAccept(
                    done -> {
                      security.note(SecurityEventType.ACCOUNT_DELETED, caller.userId(), null);
                      ctx.status(204);
                    }));
  }
}
