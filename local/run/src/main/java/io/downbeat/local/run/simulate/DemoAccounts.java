package io.downbeat.local.run.simulate;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.CannotSend;
import io.downbeat.local.run.api.Json;
import io.downbeat.schemas.identity.Uuids;
import java.util.Locale;

/** The accounts of listeners who are invented. All have the same password. */
final class DemoAccounts {
  private static final String EVENT = "demo";

  private DemoAccounts() {}

  /** An address of a domain that no one can have. */
  static String email(Listener listener) {
    return "%s-%s@demo.example"
        .formatted(
            listener.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z]", ""),
            listener.id().toString().substring(0, 4));
  }

  /** Signs a listener up under the id that its plays have, with a paid plan; again: nothing. */
  static void open(ApiClient api, Listener listener, String password)
      throws CannotSend, InterruptedException {
    api.post(
        "/v1/accounts",
        listener.id(),
        Json.object(
            json -> {
              json.writeStringField("email", email(listener));
              json.writeStringField("password", password);
              json.writeStringField("name", listener.name());
              json.writeStringField("country", listener.country());
            }));
    api.post(
        "/v1/subscriptions",
        listener.id(),
        Json.object(
            json -> {
              json.writeStringField("event_id", Uuids.named(listener.id(), EVENT).toString());
              json.writeStringField("user_id", listener.id().toString());
              json.writeStringField("plan", "premium");
              json.writeStringField("told_at", "2026-01-01T00:00:00Z");
            }));
  }
}
