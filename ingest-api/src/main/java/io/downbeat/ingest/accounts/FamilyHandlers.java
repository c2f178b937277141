package io.downbeat.ingest.accounts;

import static io.downbeat.ingest.http.HttpServer.answer;

import io.downbeat.access.AccessToken;
import io.downbeat.ingest.accounts.Account.Paid;
import io.downbeat.ingest.accounts.Family.Invitation;
import io.downbeat.ingest.accounts.InvitationCodes.InvitationCode;
import io.downbeat.ingest.http.Callers;
import io.downbeat.ingest.http.IdempotencyKey;
import io.downbeat.ingest.http.Ids;
import io.downbeat.ingest.http.JsonBody;
import io.downbeat.ingest.http.Problem;
import io.downbeat.schemas.identity.Uuids;
import io.javalin.http.Context;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Families over HTTP: inviting, joining, leaving. Thread-safe; no thread waits. */
public final class FamilyHandlers {
  private static final int LONGEST_CODE = 128;

  private record InvitationView(UUID invitationId, String invitation, String expiresAt) {}

  private record MembershipView(UUID ownerId, String plan, @Nullable String until) {
    static MembershipView of(UUID ownerId, Paid paid) {
      return new MembershipView(
          ownerId, paid.plan().key(), paid.until() == null ? null : paid.until().toString());
    }
  }

  private final FamilyStore families;
  private final InvitationCodes codes;
  private final Callers callers;

  public FamilyHandlers(FamilyStore families, InvitationCodes codes, Callers callers) {
    this.families = families;
    this.codes = codes;
    this.callers = callers;
  }

  /** {@code POST /v1/family/invitations}. */
  public void invite(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    UUID invitationId =
        Uuids.named(caller.userId(), "/v1/family/invitations/" + IdempotencyKey.of(ctx));
    ctx.future(
        () ->
            families
                .invite(caller.userId(), invitationId)
                .thenAccept(made -> answer(ctx, 201, view(caller.userId(), made))));
  }

  private InvitationView view(UUID ownerId, Invitation made) {
    return new InvitationView(
        made.invitationId(),
        codes.write(new InvitationCode(ownerId, made.invitationId())),
        made.expiresAt().toString());
  }

  /** {@code DELETE /v1/family/invitations/{id}}. */
  public void withdraw(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    UUID invitationId = Ids.inPath(ctx, "id");
    ctx.future(
        () -> families.withdraw(caller.userId(), invitationId).thenAccept(done -> ctx.status(204)));
  }

  /** {@code POST /v1/family/memberships}. */
  public void join(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    JsonBody.take(
        ctx,
        fields -> {
          String code = null;
          for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
              case "invitation" -> code = fields.secret(1, LONGEST_CODE);
              default -> throw fields.unknown();
            }
          }
          return fields.required("invitation", code);
        },
        text -> {
          InvitationCode code = codes.read(text).orElseThrow(FamilyHandlers::unknown);
          return families
              .join(caller.userId(), code.ownerId(), code.invitationId())
              .thenAccept(paid -> answer(ctx, 201, MembershipView.of(code.ownerId(), paid)));
        });
  }

  private static Problem unknown() {
    return new Problem(404, "There is no such invitation").with("field", "invitation");
  }

  /** {@code DELETE /v1/family/memberships/current}. */
  public void leave(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    ctx.future(() -> families.leave(caller.userId()).thenAccept(done -> ctx.status(204)));
  }

  /** {@code DELETE /v1/family/members/{id}}. */
  public void remove(Context ctx) {
    AccessToken caller = callers.signedIn(ctx);
    UUID userId = Ids.inPath(ctx, "id");
    ctx.future(() -> families.remove(caller.userId(), userId).thenAccept(done -> ctx.status(204)));
  }
}
