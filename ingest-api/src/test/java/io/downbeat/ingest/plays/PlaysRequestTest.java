package io.downbeat.ingest.plays;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.downbeat.access.AccessToken;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.json.Json;
import io.downbeat.ingest.plays.PlaysRequest.Rejection;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import io.downbeat.schemas.identity.PlayId;
import io.downbeat.schemas.rules.Plan;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PlaysRequestTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  /** Milliseconds in a good nine years. */
  private static final long MOST_WRONG = 3_300L * 86_400_000;

  private static final UUID PLAY = new UUID(1, 1);
  private static final UUID USER = new UUID(2, 2);
  private static final UUID DEVICE = new UUID(3, 3);
  private static final UUID TRACK = new UUID(4, 4);
  private static final String LEAST =
      """
      {"play_id":"%s","user_id":"%s","track_id":"%s","started_at":"2026-01-01T00:00:00Z",\
      "played_millis":0}"""
          .formatted(PLAY, USER, TRACK);

  @Test
  void aPlayWithNothingButWhatItNeeds() {
    assertThat(read(LEAST))
        .isEqualTo(
            new PlaysRequest(
                true,
                List.of(
                    new Play(
                        PLAY,
                        USER,
                        null,
                        null,
                        TRACK,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        0L,
                        null,
                        null,
                        false,
                        EndReason.UNKNOWN,
                        null,
                        NOW)),
                0,
                List.of()));
  }

  @Test
  void aPlayWithAllItMayHave() throws IOException {
    UUID id = PlayId.of(DEVICE, Long.MAX_VALUE);
    Play play =
        with("play_id", "'" + id + "'")
            .with("device_id", "'" + DEVICE + "'")
            .with("device_seq", "9223372036854775807")
            .with("started_at", "'2026-01-01t01:02:03.123456789+14:00'")
            .with("played_millis", "86400000")
            .with("context", "{'id':'" + "x".repeat(128) + "','type':'radio'}")
            .with("country", "'DE'")
            .with("offline", "true")
            .with("end_reason", "'skipped'")
            .with("client", "'🎵 " + "x".repeat(62) + "'")
            .read();

    assertThat(play)
        .isEqualTo(
            new Play(
                id,
                USER,
                DEVICE,
                Long.MAX_VALUE,
                TRACK,
                Instant.parse("2025-12-31T11:02:03.123Z"),
                86_400_000L,
                new PlayContext(ContextType.RADIO, "x".repeat(128)),
                "DE",
                true,
                EndReason.SKIPPED,
                "🎵 " + "x".repeat(62),
                NOW));
  }

  @Test
  void nullMeansLeftOut() throws IOException {
    assertThat(with("context", "null").with("country", "null").with("offline", "null").read())
        .isEqualTo(read(LEAST).plays().get(0));
  }

  @Test
  void aNumberedPlayNeedsNoIdAndTakesNoOther() throws IOException {
    Edited numbered = with("device_id", "'" + DEVICE + "'").with("device_seq", "0");
    UUID id = PlayId.of(DEVICE, 0);

    assertThat(numbered.with("play_id", null).read().getPlayId()).isEqualTo(id);
    assertThat(numbered.with("play_id", "'" + id + "'").read().getPlayId()).isEqualTo(id);
    Rejection rejection = numbered.with("play_id", "'" + PLAY + "'").rejection();
    assertThat(rejection.field()).isEqualTo("play_id");
    assertThat(rejection.value()).isEqualTo(PLAY.toString());
    assertThat(rejection.reason()).contains(id.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      quoteCharacter = '~',
      value = {
        "play_id       | -                          | -                 | required where there is no device_seq",
        "device_seq    | 1                          | device_id/-       | required where there is a device_seq",
        "user_id       | -                          | -                 | required",
        "user_id       | null                       | -                 | required",
        "track_id      | -                          | -                 | required",
        "started_at    | -                          | -                 | required",
        "played_millis | -                          | -                 | required",
        "user_id       | 7                          | 7                 | a UUID",
        "user_id       | '1-1-1-1-1'                | 1-1-1-1-1         | a UUID",
        "user_id       | '00000000-0000-0000-0000-00000000000g' | 00000000-0000-0000-0000-00000000000g | a UUID",
        "user_id       | '+0000000-0000-0000-0000-000000000000' | +0000000-0000-0000-0000-000000000000 | a UUID",
        "user_id       | '٠0000000-0000-0000-0000-000000000000' | ٠0000000-0000-0000-0000-000000000000 | a UUID",
        "device_seq    | -1                         | -1                | a whole number, at least 0",
        "device_seq    | 9223372036854775808        | 9223372036854775808 | a whole number, at least 0",
        "device_seq    | '1'                        | 1                 | a whole number, at least 0",
        "device_seq    | 1e3                        | 1e3               | a whole number, at least 0",
        "played_millis | -1                         | -1                | a whole number from 0 to 86400000",
        "played_millis | 86400001                   | 86400001          | a whole number from 0 to 86400000",
        "played_millis | true                       | true              | a whole number from 0 to 86400000",
        "played_millis | 1.5                        | 1.5               | a whole number from 0 to 86400000",
        "started_at    | 1700000000                 | 1700000000        | a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z",
        "started_at    | '2026-01-01T00:00:00'      | 2026-01-01T00:00:00 | a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z",
        "started_at    | '2026-01-01T00:00Z'        | 2026-01-01T00:00Z | a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z",
        "started_at    | '2026-02-29T00:00:00Z'     | 2026-02-29T00:00:00Z | a time that exists",
        "started_at    | '2026-01-01T00:00:00+19:00' | 2026-01-01T00:00:00+19:00 | a time that exists",
        "started_at    | '1969-12-31T23:59:59.999Z' | 1969-12-31T23:59:59.999Z | a time from 1970-01-01T00:00:00Z to 2026-01-02T03:09:05.678Z",
        "started_at    | '2026-01-02T03:09:05.679Z' | 2026-01-02T03:09:05.679Z | a time from 1970-01-01T00:00:00Z to 2026-01-02T03:09:05.678Z",
        "context       | 'album'                    | album             | an object",
        "context       | {}                         | context.type/-    | required",
        "context       | {'type':'tape'}            | context.type/tape | one of other, album, artist, playlist, search, recommendation, chart, library, radio",
        "context       | {'type':'ALBUM'}           | context.type/ALBUM | one of other, album, artist, playlist, search, recommendation, chart, library, radio",
        "context       | {'type':'album','url':1}   | context.url/1     | not a known field",
        "context       | {'type':'album','id':[[]]} | context.id/[…]    | text of at most 128 characters",
        "country       | 'de'                       | de                | two capital letters (ISO 3166-1 alpha-2)",
        "country       | 'DEU'                      | DEU               | two capital letters (ISO 3166-1 alpha-2)",
        "offline       | 'true'                     | true              | true or false",
        "end_reason    | 'bored'                    | bored             | one of unknown, completed, skipped, stopped, failed",
        "client        | {'a':{'b':[1]}}            | {…}               | text of at most 64 characters",
        "client        | 'a\\u0085b'                | a\u0085b          | text without control characters and halves of surrogate pairs",
        "client        | '\\ud83c'                  | \uFFFD            | text without control characters and halves of surrogate pairs",
        "colour        | 'red'                      | red               | not a known field",
        "received_at   | '2026-01-01T00:00:00Z'     | 2026-01-01T00:00:00Z | not a known field",
      })
  void aFieldThatIsWrongIsNamedWithItsValueAndItsRule(
      String field, String value, String shown, String reason) throws IOException {
    boolean other = shown != null && shown.contains("/");
    String shownField = other ? shown.substring(0, shown.indexOf('/')) : field;
    String shownValue = other ? shown.substring(shown.indexOf('/') + 1) : shown;

    assertThat(with(field, value).rejection())
        .isEqualTo(
            new Rejection(0, shownField, "-".equals(shownValue) ? null : shownValue, reason));
  }

  @Test
  void longTextIsRefusedAndCut() throws IOException {
    Rejection rejection = with("client", "'" + "🎵".repeat(65) + "'").rejection();
    assertThat(rejection.reason()).isEqualTo("text of at most 64 characters");
    assertThat(rejection.value()).hasSizeLessThanOrEqualTo(66).endsWith("…");
  }

  @Test
  void aFieldThatStandsThereTwiceIsRefused() {
    PlaysRequest request = read("[" + LEAST.replace("{", "{\"played_millis\":1,") + "]");
    assertThat(request.rejected())
        .containsExactly(new Rejection(0, "played_millis", "0", "given once only"));
  }

  @Test
  void ofTwoWithOneIdTheFirstIsTaken() {
    PlaysRequest request =
        read("[" + LEAST + "," + LEAST.replace("\"played_millis\":0", "\"played_millis\":1") + "]");
    assertThat(request.plays()).hasSize(1);
    assertThat(request.plays().get(0).getPlayedMillis()).isZero();
    assertThat(request.duplicates()).isEqualTo(1);
  }

  @Test
  void aRefusedPlayDoesNotUseUpItsId() {
    PlaysRequest request =
        read(
            "[" + LEAST.replace("\"played_millis\":0", "\"played_millis\":-1") + "," + LEAST + "]");
    assertThat(request.plays()).hasSize(1);
    assertThat(request.duplicates()).isZero();
    assertThat(request.rejected()).hasSize(1);
  }

  @Test
  void aByteOrderMarkIsNoHarm() {
    assertThat(read("\uFEFF" + LEAST).plays()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "[", "[1,]", "{} 1", "nul", "{'a':1}", "[\"\n\"]"})
  void whatIsNotJsonIs400(String body) {
    assertThat(problem(body).status()).isEqualTo(400);
  }

  @Test
  void depthAndNumbersAreBounded() {
    assertThat(problem("[".repeat(1_000) + "]".repeat(1_000)).status()).isEqualTo(400);
    assertThat(problem("[" + "9".repeat(1_001) + "]").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "null", "\"x\"", "{}"})
  void aSingleValueThatIsNoPlayIsRefused(String body) {
    assertThat(read(body).rejected()).hasSize(1);
    assertThat(read(body).plays()).isEmpty();
  }

  @Test
  void aBatchHasAtMostAThousand() {
    assertThat(read("[" + "0,".repeat(999) + "0]").rejected()).hasSize(1_000);
    assertThat(problem("[" + "0,".repeat(1_000) + "0]").status()).isEqualTo(422);
    assertThat(problem("[]").status()).isEqualTo(422);
  }

  @Property
  void everyElementIsAcceptedADuplicateOrRejected(@ForAll("batches") List<String> elements)
      throws IOException {
    PlaysRequest request = read("[" + String.join(",", elements) + "]");

    assertThat(request.plays().size() + request.duplicates() + request.rejected().size())
        .isEqualTo(elements.size());
    Set<UUID> ids = new HashSet<>();
    request.plays().forEach(play -> assertThat(ids.add(play.getPlayId())).isTrue());
    JsonNode written = JSON.readTree(Json.bytes(request.rejected()));
    assertThat(written).hasSize(request.rejected().size());
  }

  @Provide
  Arbitrary<List<String>> batches() {
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(70).map(PlaysRequestTest::quoted);
    Arbitrary<String> id = Arbitraries.integers().between(0, 3).map(i -> quoted(id(i)));
    Arbitrary<String> scalar =
        Arbitraries.oneOf(
            text,
            id,
            Arbitraries.longs().map(String::valueOf),
            Arbitraries.doubles().map(String::valueOf),
            Arbitraries.of("null", "true", "false", "[]", "{}", "[[{}]]", "{\"a\":[1,{}]}"));
    Arbitrary<String> name =
        Arbitraries.oneOf(Arbitraries.of(PlaysRequest.FIELDS).map(PlaysRequestTest::quoted), text);
    Arbitrary<String> object =
        Arbitraries.maps(name, scalar)
            .ofMaxSize(8)
            .map(
                map ->
                    map.entrySet().stream()
                        .map(e -> e.getKey() + ":" + e.getValue())
                        .collect(Collectors.joining(",", "{", "}")));
    Arbitrary<String> valid =
        Arbitraries.integers().between(0, 3).map(i -> LEAST.replace(PLAY.toString(), id(i)));
    return Arbitraries.oneOf(valid, object, scalar).list().ofMinSize(1).ofMaxSize(30);
  }

  @Property
  void anyBytesAreReadOrAProblem(@ForAll byte[] body) {
    try {
      PlaysRequest.read(body, NOW, SenderClock.RIGHT, null);
    } catch (Problem problem) {
      assertThat(problem.status()).isIn(400, 422);
    }
  }

  /** A play that began some time ago, on a device whose clock is wrong by a constant. */
  @Property
  void aConstantErrorOfTheClockMovesNoPlay(
      @ForAll @LongRange(min = -MOST_WRONG, max = MOST_WRONG) long wrongMillis,
      @ForAll @LongRange(min = 0, max = 90L * 86_400_000) long agoMillis,
      @ForAll @LongRange(min = 0, max = 20_000) long wayMillis,
      @ForAll boolean list) {
    Instant began = NOW.minusMillis(agoMillis);
    Instant sent = NOW.minusMillis(wayMillis);
    SenderClock clock = SenderClock.of(List.of(sent.plusMillis(wrongMillis).toString()), NOW);

    PlaysRequest request = read(startedAt(began.plusMillis(wrongMillis), list), clock);

    Duration error = Duration.between(began, request.plays().get(0).getStartedAt()).abs();
    boolean seen = Math.abs(wrongMillis - wayMillis) > SenderClock.EXPLAINED.toMillis();
    assertThat(error.toMillis()).isEqualTo(seen ? wayMillis : Math.abs(wrongMillis));
    assertThat(request.plays().get(0).getReceivedAt()).isEqualTo(NOW);
  }

  @Test
  void aPhoneThatIsAYearAheadIsCountedInTheRightHour() {
    SenderClock clock = SenderClock.of(List.of("2027-01-02T03:04:05Z"), NOW);
    Instant threeDaysAgo = Instant.parse("2025-12-30T18:30:00Z");

    assertThat(read(startedAt(threeDaysAgo.plus(Duration.ofDays(365)), true)).plays()).isEmpty();
    assertThat(
            read(startedAt(threeDaysAgo.plus(Duration.ofDays(365)), true), clock)
                .plays()
                .get(0)
                .getStartedAt())
        .isBetween(threeDaysAgo, threeDaysAgo.plusSeconds(1));
  }

  @Test
  void aCorrectedTimeIsCheckedByTheClockOfItsSender() {
    SenderClock clock = SenderClock.of(List.of("2026-01-02T05:04:05.678Z"), NOW);

    assertThat(read(startedAt(Instant.parse("2026-01-02T05:09:05.678Z"), true), clock).plays())
        .hasSize(1);
    assertThat(read(startedAt(Instant.parse("2026-01-02T05:09:05.679Z"), true), clock).rejected())
        .containsExactly(
            new Rejection(
                0,
                "started_at",
                "2026-01-02T05:09:05.679Z",
                "a time from 1970-01-01T02:00:00Z to 2026-01-02T05:09:05.678Z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-01-02T03:04:05.678Z | PT0S",
        "2026-01-02T03:03:05.678Z | PT0S",
        "2026-01-02T03:05:05.678Z | PT0S",
        "2026-01-02T03:03:05.677Z | PT1M0.001S",
        "2026-01-02T03:05:05.679Z | PT-1M-0.001S",
        "2026-01-02t05:03:05.678+01:00 | PT-59M",
      })
  void whatASlowRequestExplainsIsNoErrorOfTheClock(String sentAt, Duration correction) {
    assertThat(SenderClock.of(List.of(sentAt), NOW).correction()).isEqualTo(correction);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "400 | yesterday            | a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z",
        "400 | 1767323045           | a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z",
        "400 | ~~                   | a time with its offset (RFC 3339), such as 2026-01-01T20:15:00Z",
        "400 | 2026-02-30T00:00:00Z | a time that exists",
        "422 | 2016-01-02T03:04:05.677Z | a time from 2016-01-02T03:04:05.678Z to 2036-01-03T03:04:05.678Z",
        "422 | 2036-01-03T03:04:05.679Z | a time from 2016-01-02T03:04:05.678Z to 2036-01-03T03:04:05.678Z",
      })
  void aSendingTimeThatIsNoneIsRefused(int status, String sentAt, String rule) {
    Problem problem =
        catchThrowableOfType(Problem.class, () -> SenderClock.of(List.of(sentAt), NOW));

    assertThat(problem).isNotNull().hasMessage(rule);
    assertThat(problem.status()).isEqualTo(status);
  }

  @Test
  void sendingTimesThatContradictEachOtherAreRefused() {
    Problem problem =
        catchThrowableOfType(
            Problem.class, () -> SenderClock.of(List.of(NOW.toString(), NOW.toString()), NOW));

    assertThat(problem).hasMessage("given once only");
    assertThat(SenderClock.of(List.of(), NOW)).isEqualTo(SenderClock.RIGHT);
  }

  private static String startedAt(Instant time, boolean list) {
    String play = LEAST.replace("2026-01-01T00:00:00Z", time.toString());
    return list ? "[" + play + "]" : play;
  }

  @Test
  void playsOfOneWhoIsSignedInAreHisWhateverTheySay() {
    AccessToken listener =
        new AccessToken(
            UUID.randomUUID(),
            UUID.randomUUID(),
            UUID.randomUUID(),
            Plan.FREE,
            1,
            NOW.plusSeconds(60));
    String play =
        """
        {%s"device_seq":1,"track_id":"9d2f6f0a-3c1e-5f0e-8a57-1a64c2b7d903",
         "started_at":"2026-01-01T20:15:00Z","played_millis":1000}
        """;
    String body =
        "["
            + play.formatted("")
            + ","
            + play.formatted("\"user_id\":\"" + UUID.randomUUID() + "\",")
            + ","
            + play.formatted("\"device_id\":\"" + UUID.randomUUID() + "\",")
            + "]";

    PlaysRequest read = PlaysRequest.read(body.getBytes(UTF_8), NOW, SenderClock.RIGHT, listener);

    assertThat(read.plays()).hasSize(1);
    assertThat(read.plays().get(0).getUserId()).isEqualTo(listener.userId());
    assertThat(read.plays().get(0).getDeviceId()).isEqualTo(listener.deviceId());
    assertThat(read.rejected())
        .extracting(PlaysRequest.Rejection::field)
        .containsExactly("user_id", "device_id");
  }

  private static PlaysRequest read(String body, SenderClock clock) {
    return PlaysRequest.read(body.getBytes(UTF_8), NOW, clock, null);
  }

  private static String id(int i) {
    return new UUID(9, i).toString();
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars().forEach(c -> json.append("\\u%04x".formatted(c)));
    return json.append('"').toString();
  }

  private static PlaysRequest read(String body) {
    return PlaysRequest.read(body.getBytes(UTF_8), NOW, SenderClock.RIGHT, null);
  }

  private static Problem problem(String body) {
    return catchThrowableOfType(Problem.class, () -> read(body));
  }

  private static Edited with(String field, String json) throws IOException {
    return new Edited((ObjectNode) JSON.readTree(LEAST), Map.of()).with(field, json);
  }

  /** The least play with other fields, as raw JSON in single quotes. */
  private record Edited(ObjectNode play, Map<String, String> raw) {

    Edited with(String field, String json) {
      ObjectNode less = play.deepCopy();
      less.remove(field);
      Map<String, String> more = new HashMap<>(raw);
      if (json == null) {
        more.remove(field);
      } else {
        more.put(field, json);
      }
      return new Edited(less, more);
    }

    private String body() {
      StringBuilder body = new StringBuilder(play.toString());
      body.setLength(body.length() - 1);
      raw.forEach(
          (field, json) ->
              body.append(",\"").append(field).append("\":").append(json.replace('\'', '"')));
      return body.append('}').toString();
    }

    Play read() {
      return PlaysRequestTest.read(body()).plays().get(0);
    }

    Rejection rejection() {
      PlaysRequest request = PlaysRequestTest.read("[" + body() + "]");
      assertThat(request.plays()).isEmpty();
      return request.rejected().get(0);
    }
  }
}
