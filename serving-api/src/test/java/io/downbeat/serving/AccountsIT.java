package io.downbeat.serving;

import static io.downbeat.serving.catalog.Examples.track;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.fasterxml.jackson.databind.JsonNode;
import io.downbeat.access.AccessToken;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import io.downbeat.schemas.avro.AccountChange;
import io.downbeat.schemas.avro.AccountDevice;
import io.downbeat.schemas.avro.AccountPlan;
import io.downbeat.schemas.avro.AccountState;
import io.downbeat.schemas.avro.DeviceType;
import io.downbeat.schemas.rules.Plan;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.serving.catalog.CatalogWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Accounts and libraries, read with access tokens from rows and records as their writer makes. */
final class AccountsIT {
  @RegisterExtension static final Servers SERVERS = Servers.shared();
  private static final Fresh FRESH = SERVERS.fresh().createTopics().createTables();
  private static final Duration START = Duration.ofSeconds(60);

  /** Within which a change of an account is known everywhere. */
  private static final Duration KNOWN = Duration.ofSeconds(5);

  private static final CatalogWriter LOG =
      new CatalogWriter(FRESH.bootstrapServers(), FRESH.registryUrl(), FRESH.topicPrefix());
  private static final CqlSession WRITER =
      CqlSession.builder()
          .addContactPoint(FRESH.cassandra())
          .withLocalDatacenter(FRESH.datacenter())
          .withKeyspace(FRESH.keyspace())
          .build();
  private static final Signer SIGNER = new Signer("first");

  @TempDir(factory = InTarget.class)
  private static Path stateDir;

  private static ServingApi api;
  private static Http http;

  private final UUID user = UUID.randomUUID();
  private final UUID device = UUID.randomUUID();
  private final UUID session = UUID.randomUUID();
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  @BeforeAll
  static void start() {
    addKey(SIGNER);
    api = ServingApi.start(Apps.config(FRESH, stateDir));
    http = new Http(api.port());
    Eventually.within(
        START, () -> http.get("/readyz").status() == 200, () -> http.get("/readyz").text());
  }

  @AfterAll
  static void close() {
    api.close();
    WRITER.close();
    LOG.close();
  }

  private static void addKey(Signer signer) {
    WRITER.execute(
        "INSERT INTO token_keys (kid, public_key, added_at) VALUES (?, ?, toTimestamp(now()))",
        signer.kid(),
        signer.publicJwk());
  }

  private Http.Answer get(String path) {
    return get(path, SIGNER, 1);
  }

  private Http.Answer get(String path, Signer signer, long version) {
    Instant issued = Instant.now();
    AccessToken token =
        new AccessToken(user, device, session, Plan.FREE, version, issued.plusSeconds(900));
    return http.get(path, "Authorization", "Bearer " + signer.sign(token, issued));
  }

  private void createAccount() {
    WRITER.execute(
        "INSERT INTO accounts (user_id, section, key, version, state, email, password, name,"
            + " country, created_at, plan, plan_from, plan_until) VALUES (?, '', '', 1, 'active',"
            + " 'mira@example.org', 'secret-hash', 'Mira', 'DE', ?, 'premium', ?, ?)",
        user,
        now,
        now.minusSeconds(60),
        now.plusSeconds(3_600));
    WRITER.execute(
        "INSERT INTO accounts (user_id, section, key, type, name, created_at, last_active_at,"
            + " session_id, session_until, generation, refreshed_with)"
            + " VALUES (?, 'device', ?, 'mobile', 'Phone', ?, ?, ?, ?, 4711, 'refresh-key')",
        user,
        device.toString(),
        now,
        now,
        session,
        now.plusSeconds(3_600));
    for (int month = 0; month < 3; month++) {
      WRITER.execute(
          "INSERT INTO accounts (user_id, section, key, plan, plan_from, told_at)"
              + " VALUES (?, 'subscription', ?, 'premium', ?, ?)",
          user,
          UUID.randomUUID().toString(),
          now,
          now.plusSeconds(month));
    }
  }

  private void publish(long version, AccountPlan plan, UUID... sessions) throws Exception {
    LOG.put(
        Topics.ACCOUNT_CHANGES,
        user,
        AccountChange.newBuilder()
            .setUserId(user)
            .setVersion(version)
            .setState(AccountState.ACTIVE)
            .setPlan(plan)
            .setDevices(
                Stream.of(sessions)
                    .map(each -> new AccountDevice(device, DeviceType.MOBILE, each))
                    .toList())
            .setChangedAt(now)
            .build());
  }

  private void like(UUID track, Instant at) {
    WRITER.execute(
        "INSERT INTO library (user_id, section, key, item_id, added_at)"
            + " VALUES (?, 'liked_tracks', ?, ?, ?)",
        user,
        track.toString(),
        track,
        at);
    WRITER.execute(
        "INSERT INTO library (user_id, section, key, item_id, added_at)"
            + " VALUES (?, 'liked_tracks_newest', ?, ?, ?)",
        user,
        "%016x/%s".formatted(Long.MAX_VALUE - at.toEpochMilli(), track),
        track,
        at);
  }

  @Test
  void anAccountIsReadWithATokenOfItsListenerAndWithoutItsSecrets() {
    createAccount();

    Http.Answer me = get("/v1/me");
    assertThat(me.status()).as(me.text()).isEqualTo(200);
    assertThat(me.json().get("email").asText()).isEqualTo("mira@example.org");
    assertThat(me.json().get("plan").asText()).isEqualTo("premium");
    assertThat(me.json().get("plan_until").asText()).isEqualTo(now.plusSeconds(3_600).toString());
    Http.Answer devices = get("/v1/devices");
    assertThat(devices.json().at("/devices/0/device_id").asText()).isEqualTo(device.toString());
    assertThat(devices.json().at("/devices/0/current").asBoolean()).isTrue();
    assertThat(devices.json().at("/devices/0/signed_in").asBoolean()).isTrue();
    Http.Answer subscription = get("/v1/me/subscription");
    assertThat(subscription.json().get("history").findValuesAsText("told_at"))
        .containsExactly(
            now.plusSeconds(2).toString(), now.plusSeconds(1).toString(), now.toString());
    assertThat(me.text() + devices.text() + subscription.text())
        .doesNotContain("secret-hash", "refresh-key", "4711", session.toString());

    WRITER.execute(
        "UPDATE accounts SET plan = 'family' WHERE user_id = ? AND section = '' AND key = ''",
        user);
    assertThat(get("/v1/me").json().get("plan").asText()).isEqualTo("family");
    WRITER.execute(
        "UPDATE accounts SET state = 'deleting' WHERE user_id = ? AND section = '' AND key = ''",
        user);
    assertThat(get("/v1/me").status()).isEqualTo(404);
  }

  @Test
  void aFamilyIsReadByItsOwnerAndItsMembers() {
    createAccount();
    UUID owner = UUID.randomUUID();
    WRITER.execute(
        "UPDATE accounts SET family = ?, invitation = ?, heard = 0"
            + " WHERE user_id = ? AND section = '' AND key = ''",
        owner,
        UUID.randomUUID(),
        user);
    assertThat(get("/v1/me/subscription").json().get("family_owner_id").isNull())
        .as("only asks to be in one")
        .isTrue();
    WRITER.execute(
        "UPDATE accounts SET heard = 7, family_plan = 'family', family_from = ?"
            + " WHERE user_id = ? AND section = '' AND key = ''",
        now,
        user);

    assertThat(get("/v1/me").json().get("plan").asText()).isEqualTo("family");
    JsonNode subscription = get("/v1/me/subscription").json();
    assertThat(subscription.get("plan").asText()).isEqualTo("family");
    assertThat(subscription.get("family_owner_id").asText()).isEqualTo(owner.toString());
    assertThat(get("/v1/family").json().get("owner_id").asText()).isEqualTo(owner.toString());

    WRITER.execute(
        "UPDATE accounts SET family = null, plan = 'family'"
            + " WHERE user_id = ? AND section = '' AND key = ''",
        user);
    UUID open = UUID.randomUUID();
    addInvitation(open, "open", now.plusSeconds(60));
    addInvitation(UUID.randomUUID(), "closed", now.plusSeconds(60));
    addInvitation(UUID.randomUUID(), "open", now.minusSeconds(1));
    WRITER.execute(
        "INSERT INTO accounts (user_id, section, key, invitation, created_at)"
            + " VALUES (?, 'member', ?, ?, ?)",
        user,
        owner.toString(),
        UUID.randomUUID(),
        now);
    JsonNode family = get("/v1/family").json();
    assertThat(family.get("role").asText()).isEqualTo("owner");
    assertThat(family.get("members").findValuesAsText("user_id")).containsExactly(owner.toString());
    assertThat(family.get("invitations").findValuesAsText("invitation_id"))
        .containsExactly(open.toString());
  }

  private void addInvitation(UUID invitation, String state, Instant expiresAt) {
    WRITER.execute(
        "INSERT INTO accounts (user_id, section, key, state, expires_at)"
            + " VALUES (?, 'invitation', ?, ?, ?)",
        user,
        invitation.toString(),
        state,
        expiresAt);
  }

  @Test
  void aSessionThatIsOverIsRefusedWithinSecondsAndANewerTokenIsNot() throws Exception {
    createAccount();
    assertThat(get("/v1/me").status()).isEqualTo(200);

    publish(2, AccountPlan.PREMIUM, session);
    publish(3, AccountPlan.PREMIUM);
    publish(2, AccountPlan.PREMIUM, session);

    Eventually.within(KNOWN, () -> get("/v1/me").status() == 401, () -> get("/v1/me").text());
    assertThat(get("/v1/me/likes").status()).isEqualTo(401);
    assertThat(get("/v1/me").json().get("detail").asText())
        .isEqualTo("The access token belongs to a session that is over");
    assertThat(get("/v1/me", SIGNER, 3).status()).isEqualTo(200);
    publish(4, AccountPlan.PREMIUM, session);
    Eventually.within(KNOWN, () -> get("/v1/me").status() == 200, () -> get("/v1/me").text());
  }

  @Test
  void aNewKeyIsFoundAndHandedOutAndAForgedOneIsNot() {
    createAccount();
    Signer second = new Signer("second-" + user);
    assertThat(get("/v1/me", second, 1).status()).isEqualTo(401);

    addKey(second);

    Eventually.within(
        KNOWN, () -> get("/v1/me", second, 1).status() == 200, () -> get("/v1/me").text());
    assertThat(http.get("/.well-known/jwks.json").text()).contains(second.kid());
    assertThat(get("/v1/me", new Signer(second.kid()), 1).status()).isEqualTo(401);
  }

  @Test
  void twoHundredAndFiftyLikesComePageByPageNewestFirst() throws Exception {
    List<String> liked = new ArrayList<>();
    UUID named = UUID.randomUUID();
    for (int i = 0; i < 249; i++) {
      UUID track = UUID.randomUUID();
      like(track, now.plusMillis(i / 2 * 1_000L)); // Two at the same moment.
      liked.add(track.toString());
    }
    like(named, now.plusSeconds(1_000));
    LOG.put(track(named, "Opening", null));
    Eventually.within(
        START,
        () -> get("/v1/me/likes?limit=1").json().at("/items/0/title").asText().equals("Opening"),
        () -> get("/v1/me/likes?limit=1").text());

    List<String> read = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    String path = "/v1/me/likes?limit=60";
    int pages = 0;
    for (String next = ""; next != null; pages++) {
      JsonNode page = get(path + next).json();
      read.addAll(page.get("items").findValuesAsText("id"));
      page.get("items")
          .findValuesAsText("added_at")
          .forEach(time -> times.add(Instant.parse(time)));
      JsonNode cursor = page.get("next_cursor");
      next = cursor.isNull() ? null : "&cursor=" + cursor.asText();
    }

    assertThat(pages).isEqualTo(5);
    assertThat(read).hasSize(250).doesNotHaveDuplicates().contains(named.toString());
    assertThat(read).containsAll(liked);
    assertThat(times).isSortedAccordingTo(Collections.reverseOrder());
    assertThat(times.get(0)).isEqualTo(now.plusSeconds(1_000));

    UUID other = UUID.randomUUID();
    assertThat(
            get("/v1/me/likes/contains?ids=%s,%s,%s".formatted(liked.get(3), other, named))
                .json()
                .get("liked"))
        .extracting(JsonNode::asText)
        .containsExactly(liked.get(3), named.toString());
  }
}
