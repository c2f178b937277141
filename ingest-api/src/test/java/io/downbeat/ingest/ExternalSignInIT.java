package io.downbeat.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.downbeat.ingest.Client.Answer;
import io.downbeat.local.servers.junit.Fresh;
import io.downbeat.local.servers.junit.Servers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import no.nav.security.mock.oauth2.token.KeyProvider;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Signing in at a real OpenID Connect provider, of whose tokens some are forged. */
final class ExternalSignInIT {

  @RegisterExtension static final Servers SERVERS = Servers.shared();

  private static final String REALM = "default";
  private static final String CLIENT = "downbeat-player";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static MockOAuth2Server provider;
  private static Fresh fresh;
  private static IngestApi api;

  @BeforeAll
  static void start() throws Exception {
    provider = provider(freePort());
    fresh = SERVERS.fresh().createTopics().createTables();
    api = api(provider.issuerUrl(REALM).toString());
    eventually(() -> signIn(token(subject())).status() == 201);
  }

  @AfterAll
  static void stop() {
    if (api != null) {
      api.close();
    }
    provider.shutdown();
  }

  private static IngestApi api(String issuer) throws Exception {
    return IngestApi.start(
        Settings.withTables(
            fresh, Map.of("accounts.oidc.issuer", issuer, "accounts.oidc.client-id", CLIENT)),
        failure -> {
          throw new AssertionError(failure);
        });
  }

  /** Named, so that a provider can listen there again after another one ended. */
  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  /** With keys of its own. */
  private static MockOAuth2Server provider(int port) throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).keyID(REALM).generate();
    MockOAuth2Server server =
        new MockOAuth2Server(
            new OAuth2Config(
                false,
                null,
                null,
                false,
                new OAuth2TokenProvider(new KeyProvider(List.of(key), "RS256"))));
    server.start(InetAddress.getByName("localhost"), port);
    return server;
  }

  @Test
  void theFirstSignInMakesTheAccountAndAllOthersFindIt() {
    String subject = subject();

    Answer first = signIn(token(subject));
    Answer second = signIn(token(subject));

    assertThat(first.status()).isEqualTo(201);
    assertThat(second.body().get("user_id")).isEqualTo(first.body().get("user_id"));
    assertThat(second.body().get("device_id")).isNotEqualTo(first.body().get("device_id"));
    assertThat(signIn(token(subject())).body().get("user_id"))
        .isNotEqualTo(first.body().get("user_id"));
    Answer profile = patch(first.body());
    assertThat(profile.status()).isEqualTo(200);
    assertThat(profile.body().get("name").asText()).isEqualTo("Mira");
    assertThat(profile.body().get("email").isNull()).isTrue();
    String refresh = "{\"refresh_token\":\"" + first.body().get("refresh_token").asText() + "\"}";
    assertThat(send("POST", "/v1/sessions/refresh", null, refresh).status()).isEqualTo(200);
  }

  @Test
  void aTokenForAnotherClientOrOfAnotherIssuerIsNobodys() {
    assertRefused(signed(callback(subject(), "another-client", 3_600)), "for another client");
    assertRefused(
        provider
            .issueToken("another", CLIENT, callback("another", subject(), CLIENT, 3_600))
            .serialize(),
        "not signed by a key of the provider");
  }

  @Test
  void aTokenWhoseTimeIsOverIsNobodys() {
    assertRefused(signed(callback(subject(), CLIENT, -120)), "its time is over");
    JWTClaimsSet old =
        claims(subject()).issueTime(Date.from(Instant.now().minus(Duration.ofHours(2)))).build();
    assertRefused(
        provider
            .getConfig()
            .getTokenProvider()
            .jwt(old.getClaims(), Duration.ofHours(1), REALM)
            .serialize(),
        "breaks a rule");
  }

  @Test
  void whatSomebodyElseSignedIsNobodys() throws Exception {
    RSAKey own = new RSAKeyGenerator(2048).keyID(REALM).generate();
    byte[] publicKey =
        RSAKey.parse(
                Client.JSON
                    .readTree(text(provider.jwksUrl(REALM).toString()))
                    .get("keys")
                    .get(0)
                    .toString())
            .toPublicKey()
            .getEncoded();
    String good = token(subject());
    String[] parts = good.split("\\.");

    assertRefused(
        signed(JWSAlgorithm.RS256, new RSASSASigner(own), claims(subject()).build()),
        "not signed by a key of the provider");
    assertThat(
            signIn(signed(JWSAlgorithm.HS256, new MACSigner(publicKey), claims(subject()).build()))
                .status())
        .as("signed with the public key as a secret")
        .isEqualTo(401);
    assertThat(signIn(new PlainJWT(claims(subject()).build()).serialize()).status())
        .as("not signed at all")
        .isEqualTo(401);
    assertThat(signIn(parts[0] + "." + parts[1] + ".").status()).isEqualTo(401);
    assertThat(signIn(parts[0] + "." + token(subject()).split("\\.")[1] + "." + parts[2]).status())
        .isEqualTo(401);
    assertThat(signIn("no token").status()).isEqualTo(401);
  }

  @Test
  void aNonceThatWasAskedForMustStandInTheToken() {
    String token =
        signed(
            new DefaultOAuth2TokenCallback(
                REALM, subject(), "JWT", List.of(CLIENT), Map.of("nonce", "n-1"), 3_600));

    assertThat(signIn(token, "\"n-2\"").status()).isEqualTo(401);
    assertThat(signIn(token(subject()), "\"n-1\"").status()).isEqualTo(401);
    assertThat(signIn(token, "\"n-1\"").status()).isEqualTo(201);
  }

  @Test
  void whatNeedsPasswordsSaysWhereToSignIn() {
    JsonNode session = signIn(token(subject())).body();
    String issuer = provider.issuerUrl(REALM).toString();

    for (Answer answer :
        List.of(
            send(
                "POST",
                "/v1/accounts",
                null,
                "{\"email\":\"a@example.org\",\"password\":\"12345678\",\"name\":\"A\"}"),
            send(
                "POST",
                "/v1/sessions",
                null,
                "{\"email\":\"a@example.org\",\"password\":\"12345678\"}"),
            send(
                "PUT",
                "/v1/me/password",
                session,
                "{\"password\":\"12345678\",\"new_password\":\"123456789\"}"),
            send("POST", "/v1/me/deletion", session, "{\"password\":\"12345678\"}"))) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body().get("issuer").asText()).isEqualTo(issuer);
      assertThat(answer.body().get("detail").asText()).contains("id_token");
    }
  }

  @Test
  void whoDeletesTheAccountComesBackAsSomebodyNew() {
    String subject = subject();
    JsonNode session = signIn(token(subject)).body();

    assertThat(
            send("POST", "/v1/me/deletion", session, "{\"id_token\":\"" + token(subject()) + "\"}")
                .status())
        .as("with the token of somebody else")
        .isEqualTo(401);
    assertThat(
            send("POST", "/v1/me/deletion", session, "{\"id_token\":\"" + token(subject) + "\"}")
                .status())
        .isEqualTo(204);

    Answer back = signIn(token(subject));
    assertThat(back.status()).isEqualTo(201);
    assertThat(back.body().get("user_id")).isNotEqualTo(session.get("user_id"));
    assertThat(signIn(token(subject)).body().get("user_id")).isEqualTo(back.body().get("user_id"));
  }

  @Test
  void withoutTheProviderThoseWhoCameWithKnownKeysStillDoAndNewKeysAreFound() throws Exception {
    String before = token(subject());
    assertThat(signIn(before).status()).isEqualTo(201);
    int port = provider.baseUrl().port();

    provider.shutdown();
    assertThat(signIn(before).status()).as("by the keys that are known").isEqualTo(201);
    provider = provider(port);

    String after = token(subject());
    eventually(() -> signIn(after).status() == 201);
    assertThat(signIn(before).status()).as("signed by a key that is no more").isEqualTo(401);
  }

  @Test
  void aProviderThatIsAwayFromTheStartIsToBeAskedAgainLater() throws Exception {
    IngestApi lonely = api("http://localhost:" + freePort() + "/" + REALM);
    try {
      Answer answer =
          sendTo(
              "http://127.0.0.1:" + lonely.port() + "/v1/sessions",
              "POST",
              null,
              body(token(subject()), "null"));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isEqualTo("2");
    } finally {
      lonely.close();
    }
  }

  private static void assertRefused(String token, String why) {
    Answer answer = signIn(token);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body().get("field").asText()).isEqualTo("id_token");
    assertThat(answer.body().get("detail").asText()).contains(why);
    assertThat(answer.body().toString()).doesNotContain(token);
  }

  private static String subject() {
    return "subject " + UUID.randomUUID();
  }

  private static String token(String subject) {
    return signed(callback(subject, CLIENT, 3_600));
  }

  private static String signed(DefaultOAuth2TokenCallback callback) {
    return provider.issueToken(REALM, CLIENT, callback).serialize();
  }

  private static DefaultOAuth2TokenCallback callback(
      String subject, String audience, long seconds) {
    return callback(REALM, subject, audience, seconds);
  }

  private static DefaultOAuth2TokenCallback callback(
      String realm, String subject, String audience, long seconds) {
    return new DefaultOAuth2TokenCallback(
        realm, subject, "JWT", List.of(audience), Map.of("name", " Mira "), seconds);
  }

  private static JWTClaimsSet.Builder claims(String subject) {
    return new JWTClaimsSet.Builder()
        .issuer(provider.issuerUrl(REALM).toString())
        .audience(CLIENT)
        .subject(subject)
        .issueTime(Date.from(Instant.now()))
        .expirationTime(Date.from(Instant.now().plusSeconds(3_600)));
  }

  private static String signed(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(REALM).build(), claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private static Answer signIn(String idToken) {
    return signIn(idToken, "null");
  }

  private static Answer signIn(String idToken, String nonce) {
    return send("POST", "/v1/sessions", null, body(idToken, nonce));
  }

  private static String body(String idToken, String nonce) {
    return """
        {"id_token":"%s","nonce":%s,"device":{"type":"web","name":"browser"}}
        """
        .formatted(idToken, nonce);
  }

  private static Answer patch(JsonNode session) {
    return send("PATCH", "/v1/me", session, "{}");
  }

  private static Answer send(String method, String path, @Nullable JsonNode session, String body) {
    return sendTo("http://127.0.0.1:" + api.port() + path, method, session, body);
  }

  private static Answer sendTo(String url, String method, @Nullable JsonNode session, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(20))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    if (session != null) {
      request.header("Authorization", "Bearer " + session.get("access_token").asText());
    }
    HttpResponse<String> response = send(request.build());
    return response.body().isEmpty()
        ? new Answer(response.statusCode(), Client.JSON.nullNode(), response)
        : Answer.of(response);
  }

  private static String text(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).build()).body();
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
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
