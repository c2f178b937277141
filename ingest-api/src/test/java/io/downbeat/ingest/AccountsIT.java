package io.downbeat.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.downbeat.ingest.Client.Answer;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.SecurityEvent;
import io.downbeat.schemas.avro.SecurityEventType;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.topics.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Accounts over real HTTP, on real servers, by their owners and by others. */
final class AccountsIT {

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private static final String PASSWORD = "correct horse battery staple";

  private static Fresh fresh;
  private static IngestApi api;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    fresh = SERVERS.fresh().createTopics().createTables();
    api =
        IngestApi.start(
            Settings.withTables(fresh, Map.of()),
            failure -> {
              throw new AssertionError(failure);
            });
    eventually(() -> get("/readyz").statusCode() == 200);
    eventually(() -> signUp(email()).status() == 201);
    // From when there is a key to sign with.
    eventually(() -> signIn(account(), PASSWORD, "phone").status() == 201);
  }

  @AfterAll
  static void stop() {
    if (api != null) {
      api.close();
    }
  }

  @Test
  void whoSignsUpCanSignInAndPlay() {
    String email = account();
    JsonNode session = signIn(email, PASSWORD, "phone").body();
    UUID track = UUID.randomUUID();

    Answer played =
        send(
            "POST",
            "/v1/plays",
            token(session),
            """
            {"device_seq":1,"track_id":"%s","started_at":"%s","played_millis":60000}
            """
                .formatted(track, Instant.now()));

    assertThat(played.status()).isEqualTo(202);
    Play play =
        log(Topics.PLAYS).stream()
            .filter(each -> each.getTrackId().equals(track))
            .findFirst()
            .get();
    assertThat(play.getUserId()).isEqualTo(uuid(session, "user_id"));
    assertThat(play.getDeviceId()).isEqualTo(uuid(session, "device_id"));
  }

  @Test
  void oneAddressIsOneAccountHoweverItIsWritten() {
    String email = account();

    Answer again = signUp(email.toUpperCase(Locale.ROOT));

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.body().get("field").asText()).isEqualTo("email");
    assertThat(signIn(email.toUpperCase(Locale.ROOT), PASSWORD, "phone").status()).isEqualTo(201);
  }

  @Test
  void whoBringsListenersAlongNamesTheirIds() {
    UUID user = UUID.randomUUID();
    String email = email();

    Answer made = signUpAs(user, email, Client.KEY);

    assertThat(made.status()).isEqualTo(201);
    assertThat(uuid(made.body(), "user_id")).isEqualTo(user);
    assertThat(signUpAs(user, email, Client.KEY).body()).isEqualTo(made.body());
    assertThat(signUpAs(user, email(), Client.KEY).status()).as("another address").isEqualTo(409);
    assertThat(signUpAs(UUID.randomUUID(), email(), "wrong").status()).isEqualTo(401);
    assertThat(uuid(signIn(email, PASSWORD, "phone").body(), "user_id")).isEqualTo(user);
  }

  @Test
  void aWrongPasswordAndAnUnknownAddressAreAnsweredTheSame() {
    Answer wrong = signIn(account(), "another one", "phone");
    Answer unknown = signIn(email(), PASSWORD, "phone");

    assertThat(wrong.status()).isEqualTo(401);
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(unknown.body()).isEqualTo(wrong.body());
  }

  @Test
  void howLongTheAnswerTakesDoesNotTellWhoHasAnAccount() {
    String known = account();
    List<Long> ofKnown = new ArrayList<>();
    List<Long> ofUnknown = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ofKnown.add(nanos(() -> signIn(known, "another one", "phone")));
      ofUnknown.add(nanos(() -> signIn(email(), "another one", "phone")));
    }

    double ratio = median(ofKnown) / (double) median(ofUnknown);
    assertThat(ratio).isBetween(0.5, 2.0);
  }

  @Test
  void aRefreshTokenWorksOnceAndItsThiefEndsTheSession() {
    JsonNode session = signIn(account(), PASSWORD, "phone").body();
    String first = session.get("refresh_token").asText();

    Answer second = refresh(first, null);
    assertThat(second.status()).isEqualTo(200);
    assertThat(refresh(first, null).status()).as("used twice").isEqualTo(401);
    assertThat(refresh(second.body().get("refresh_token").asText(), null).status()).isEqualTo(401);
    eventually(() -> patch(token(second.body())).status() == 401);
    assertThat(events(uuid(session, "user_id"))).contains(SecurityEventType.REFRESH_TOKEN_REUSED);
  }

  @Test
  void aRefreshWhoseAnswerGotLostIsAnsweredAgain() {
    JsonNode session = signIn(account(), PASSWORD, "phone").body();
    String first = session.get("refresh_token").asText();

    Answer once = refresh(first, "key");
    Answer again = refresh(first, "key");

    assertThat(again.body().get("refresh_token")).isEqualTo(once.body().get("refresh_token"));
    assertThat(again.status()).isEqualTo(200);
  }

  @Test
  void whoSignsOutIsOutWithinSeconds() {
    JsonNode session = signIn(account(), PASSWORD, "phone").body();

    assertThat(send("DELETE", "/v1/sessions/current", token(session), null).status())
        .isEqualTo(204);

    eventually(() -> patch(token(session)).status() == 401);
    assertThat(refresh(session.get("refresh_token").asText(), null).status()).isEqualTo(401);
  }

  @Test
  void aNewPasswordEndsAllOtherSessions() {
    String email = account();
    JsonNode one = signIn(email, PASSWORD, "phone").body();
    JsonNode other = signIn(email, PASSWORD, "tv").body();

    Answer changed =
        send(
            "PUT",
            "/v1/me/password",
            token(one),
            "{\"password\":\"" + PASSWORD + "\",\"new_password\":\"a better one\"}");

    assertThat(changed.status()).isEqualTo(204);
    eventually(() -> patch(token(other)).status() == 401);
    assertThat(patch(token(one)).status()).isEqualTo(200);
    assertThat(signIn(email, PASSWORD, "phone").status()).isEqualTo(401);
    assertThat(signIn(email, "a better one", "web").status()).isEqualTo(201);
  }

  @Test
  void aPlanCountsEverywhereWithinSecondsAndItsEventOnce() {
    String email = account();
    JsonNode session = signIn(email, PASSWORD, "phone").body();
    signIn(email, PASSWORD, "tv");
    signIn(email, PASSWORD, "web");
    assertThat(signIn(email, PASSWORD, "speaker").status()).isEqualTo(409);

    String event =
        """
        {"event_id":"%s","user_id":"%s","plan":"premium","told_at":"%s"}
        """
            .formatted(UUID.randomUUID(), session.get("user_id").asText(), Instant.now());
    assertThat(send("POST", "/v1/subscriptions", Client.KEY, event).status()).isEqualTo(200);
    assertThat(send("POST", "/v1/subscriptions", Client.KEY, event).status()).isEqualTo(200);

    assertThat(signIn(email, PASSWORD, "speaker").status()).isEqualTo(201);
  }

  @Test
  void aFamilysPlanIsInTheTokensOfItsMembersWhileItIsPaidFor() {
    JsonNode owner = signIn(account(), PASSWORD, "phone").body();
    JsonNode member = signIn(account(), PASSWORD, "phone").body();
    assertThat(send("POST", "/v1/family/invitations", token(owner), null).status())
        .as("without a plan for it")
        .isEqualTo(409);
    assertThat(subscribe(owner, "family").status()).isEqualTo(200);

    JsonNode invitation = send("POST", "/v1/family/invitations", token(owner), null).body();
    String code = "{\"invitation\":\"" + invitation.get("invitation").asText() + "\"}";
    assertThat(send("POST", "/v1/family/memberships", token(owner), code).status()).isEqualTo(409);
    Answer joined = send("POST", "/v1/family/memberships", token(member), code);
    assertThat(joined.status()).isEqualTo(201);
    assertThat(joined.body().get("owner_id")).isEqualTo(owner.get("user_id"));
    JsonNode refreshed = refresh(member.get("refresh_token").asText(), null).body();
    assertThat(planIn(refreshed)).isEqualTo("family");

    assertThat(subscribe(owner, "free").status()).isEqualTo(200);
    refreshed = refresh(refreshed.get("refresh_token").asText(), null).body();
    assertThat(planIn(refreshed)).isEqualTo("free");

    assertThat(subscribe(owner, "family").status()).isEqualTo(200);
    String path = "/v1/family/members/" + member.get("user_id").asText();
    assertThat(send("DELETE", path, token(owner), null).status()).isEqualTo(204);
    refreshed = refresh(refreshed.get("refresh_token").asText(), null).body();
    assertThat(planIn(refreshed)).isEqualTo("free");
    assertThat(send("DELETE", "/v1/family/memberships/current", token(member), null).status())
        .isEqualTo(204);
  }

  @Test
  void anInvitationIsASecretOfItsOwnerAndWhoCame() {
    JsonNode owner = signIn(account(), PASSWORD, "phone").body();
    JsonNode member = signIn(account(), PASSWORD, "phone").body();
    subscribe(owner, "family");
    JsonNode invitation = send("POST", "/v1/family/invitations", token(owner), null).body();
    String code = invitation.get("invitation").asText();

    Answer guessed =
        send(
            "POST",
            "/v1/family/memberships",
            token(member),
            "{\"invitation\":\"" + other(code) + "\"}");
    assertThat(guessed.status()).isEqualTo(404);
    assertThat(guessed.body().toString()).doesNotContain(code.substring(1));
    String path = "/v1/family/invitations/" + invitation.get("invitation_id").asText();
    assertThat(send("DELETE", path, token(member), null).status()).isEqualTo(204);
    assertThat(send("DELETE", path, token(owner), null).status()).isEqualTo(204);
    Answer withdrawn =
        send("POST", "/v1/family/memberships", token(member), "{\"invitation\":\"" + code + "\"}");
    assertThat(withdrawn.status()).isEqualTo(410);
    assertThat(withdrawn.body().get("field").asText()).isEqualTo("invitation");
  }

  private static String other(String code) {
    return (code.startsWith("A") ? "B" : "A") + code.substring(1);
  }

  private static Answer subscribe(JsonNode session, String plan) {
    return send(
        "POST",
        "/v1/subscriptions",
        Client.KEY,
        """
        {"event_id":"%s","user_id":"%s","plan":"%s","told_at":"%s"}
        """
            .formatted(UUID.randomUUID(), session.get("user_id").asText(), plan, Instant.now()));
  }

  private static String planIn(JsonNode session) {
    String claims = token(session).split("\\.")[1];
    try {
      return Client.JSON.readTree(Base64.getUrlDecoder().decode(claims)).get("plan").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void onlyTheBillingSystemSaysWhatIsPaidFor() {
    JsonNode session = signIn(account(), PASSWORD, "phone").body();
    String event =
        """
        {"event_id":"%s","user_id":"%s","plan":"premium","told_at":"%s"}
        """
            .formatted(UUID.randomUUID(), session.get("user_id").asText(), Instant.now());

    assertThat(send("POST", "/v1/subscriptions", token(session), event).status()).isEqualTo(401);
    assertThat(send("POST", "/v1/subscriptions", null, event).status()).isEqualTo(401);
  }

  @Test
  void nobodyTouchesTheDevicesOfOthers() {
    JsonNode mine = signIn(account(), PASSWORD, "phone").body();
    JsonNode other = signIn(account(), PASSWORD, "phone").body();
    String path = "/v1/devices/" + other.get("device_id").asText();

    assertThat(send("PATCH", path, token(mine), "{\"name\":\"mine now\"}").status()).isEqualTo(404);
    assertThat(send("DELETE", path, token(mine), null).status()).isEqualTo(204);
    assertThat(patch(token(other)).status()).as("still signed in").isEqualTo(200);
  }

  @Test
  void anAccountThatIsDeletedIsGoneAtOnce() {
    String email = account();
    JsonNode session = signIn(email, PASSWORD, "phone").body();
    assertThat(send("PUT", "/v1/me/likes/" + UUID.randomUUID(), token(session), null).status())
        .isEqualTo(200);

    assertThat(send("POST", "/v1/me/deletion", token(session), "{\"password\":\"wrong\"}").status())
        .isEqualTo(401);
    assertThat(
            send("POST", "/v1/me/deletion", token(session), "{\"password\":\"" + PASSWORD + "\"}")
                .status())
        .isEqualTo(204);

    assertThat(signIn(email, PASSWORD, "phone").status()).isEqualTo(401);
    eventually(
        () ->
            send("PUT", "/v1/me/likes/" + UUID.randomUUID(), token(session), null).status() == 401);
    assertThat(signUp(email).status()).isEqualTo(201);
  }

  @Test
  void whatIsRefusedNamesTheFieldAndNeverRepeatsASecret() {
    Answer shortPassword =
        send(
            "POST",
            "/v1/accounts",
            null,
            "{\"email\":\"" + email() + "\",\"password\":\"hunter2\",\"name\":\"Lior\"}");
    Answer more =
        send(
            "POST",
            "/v1/accounts",
            null,
            "{\"email\":\"" + email() + "\",\"name\":\"Lior\",\"plan\":\"premium\"}");

    assertThat(shortPassword.status()).isEqualTo(422);
    assertThat(shortPassword.body().get("field").asText()).isEqualTo("password");
    assertThat(shortPassword.body().toString()).doesNotContain("hunter2");
    assertThat(more.status()).isEqualTo(422);
    assertThat(more.body().get("field").asText()).isEqualTo("plan");
  }

  @Test
  void whatIsNotOnesOwnToSetIsRefusedByName() {
    String token = token(signIn(account(), PASSWORD, "phone").body());
    String device = "\"type\":\"tv\",\"name\":\"sofa\"";
    String account = "\"email\":\"%s\",\"password\":\"%s\",\"name\":\"Lior\"";
    for (String field :
        List.of("user_id", "plan", "version", "state", "created_at", "session_id")) {
      String set = "\"%s\":\"1\",".formatted(field);
      for (Answer answer :
          List.of(
              send(
                  "POST",
                  "/v1/accounts",
                  null,
                  "{" + set + account.formatted(email(), PASSWORD) + "}"),
              send("PATCH", "/v1/me", token, "{" + set + "\"name\":\"Lior\"}"),
              send("POST", "/v1/devices", token, "{" + set + device + "}"))) {
        assertThat(answer.status()).as(field).isEqualTo(422);
        assertThat(answer.body().get("field").asText()).isEqualTo(field);
      }
    }
  }

  @Test
  void bodiesThatAreTooLargeOrTooDeepAreRefused() {
    String token = token(signIn(account(), PASSWORD, "phone").body());
    for (String path : List.of("/v1/accounts", "/v1/sessions", "/v1/devices")) {
      assertThat(send("POST", path, token, "{\"name\":\"" + "x".repeat(3 << 20) + "\"}").status())
          .as(path)
          .isEqualTo(413);
      for (String deep : List.of("[", "{\"device\":")) {
        assertThat(send("POST", path, token, deep.repeat(500)).status()).as(path).isIn(400, 422);
      }
    }
  }

  @Test
  void aTokenThatWasTamperedWithIsNobodys() {
    String token = token(signIn(account(), PASSWORD, "phone").body());
    String[] parts = token.split("\\.");

    for (String forged :
        List.of(
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + parts[1] + "." + parts[2].replace(parts[2].charAt(5), 'A'),
            "eyJhbGciOiJub25lIn0." + parts[1] + ".",
            token + "x",
            "")) {
      assertThat(patch(forged).status()).as(forged).isEqualTo(401);
    }
  }

  @Test
  void everyRouteOfTheContractThatIsForSomeoneRefusesAllOthers() throws Exception {
    String good = token(signIn(account(), PASSWORD, "phone").body());
    String[] parts = good.split("\\.");
    List<String> bad =
        List.of(
            "",
            "wrong",
            "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + parts[1] + ".",
            parts[0] + "." + parts[1] + "." + "A".repeat(parts[2].length()));
    int asked = 0;
    try (InputStream yaml = getClass().getResourceAsStream("/openapi.yaml")) {
      for (Map.Entry<String, JsonNode> path :
          new YAMLMapper().readTree(yaml).get("paths").properties()) {
        for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
          if (operation.getValue().path("x-app").asText().equals("ingest")
              && !operation.getValue().path("security").path(0).isEmpty()) {
            String where = path.getKey().replaceAll("\\{kind}", "artists");
            for (String token : bad) {
              Answer answer =
                  send(
                      operation.getKey().toUpperCase(Locale.ROOT),
                      where.replaceAll("\\{\\w+}", UUID.randomUUID().toString()),
                      token,
                      "{}");
              assertThat(answer.status()).as("%s %s", operation.getKey(), where).isEqualTo(401);
              asked++;
            }
          }
        }
      }
    }
    assertThat(asked).isGreaterThan(60);
  }

  private static Answer signUp(String email) {
    return send("POST", "/v1/accounts", null, newAccount(email));
  }

  private static Answer signUpAs(UUID user, String email, String key) {
    return send(
        HttpRequest.newBuilder(uri("/v1/accounts"))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + key)
            .header("Downbeat-User", user.toString())
            .POST(BodyPublishers.ofString(newAccount(email)))
            .build());
  }

  private static String newAccount(String email) {
    return """
        {"email":"%s","password":"%s","name":"Lior","country":"IL"}
        """
        .formatted(email, PASSWORD);
  }

  private static String email() {
    return "lior-" + UUID.randomUUID() + "@example.org";
  }

  private static String account() {
    String email = email();
    assertThat(signUp(email).status()).isEqualTo(201);
    return email;
  }

  private static Answer signIn(String email, String password, String device) {
    String type = device.equals("phone") ? "mobile" : device;
    return send(
        "POST",
        "/v1/sessions",
        null,
        """
        {"email":"%s","password":"%s","device":{"type":"%s","name":"%s"}}
        """
            .formatted(email, password, type, device));
  }

  private static Answer refresh(String token, @Nullable String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/v1/sessions/refresh"))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"refresh_token\":\"" + token + "\"}"));
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return send(request.build());
  }

  private static Answer patch(String token) {
    return send("PATCH", "/v1/me", token, "{\"name\":\"Lior K\"}");
  }

  private static Answer send(
      String method, String path, @Nullable String token, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request.build());
  }

  private static Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      return response.body().isEmpty()
          ? new Answer(response.statusCode(), Client.JSON.nullNode(), response)
          : Answer.of(response);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> get(String path) {
    return send("GET", path, null, null).response();
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + api.port() + path);
  }

  private static String token(JsonNode session) {
    return session.get("access_token").asText();
  }

  private static UUID uuid(JsonNode node, String field) {
    return UUID.fromString(node.get(field).asText());
  }

  private static <V extends SpecificRecord> List<V> log(Topic<V> topic) {
    return new LogReader<>(
            fresh.bootstrapServers(),
            fresh.registryUrl().toString(),
            topic.withPrefix(fresh.topicPrefix()))
        .all().stream().map(LogReader.Entry::value).toList();
  }

  private static List<SecurityEventType> events(UUID user) {
    return log(Topics.SECURITY_EVENTS).stream()
        .filter(event -> event.getUserId().equals(user))
        .map(SecurityEvent::getType)
        .toList();
  }

  private static long nanos(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return System.nanoTime() - start;
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
    }
  }
}
