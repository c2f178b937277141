package io.downbeat.ingest.plays;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.downbeat.access.AccessToken;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.json.Json;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.ingest.json.Utf8;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.avro.PlayContext;
import io.downbeat.schemas.identity.PlayId;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a body of {@code POST /v1/plays} says: every element of it is a play, a repeat of one, or
 * refused.
 *
 * @param single whether the body is one play rather than a list
 * @param plays distinct by play_id, in the body's order; of two the first
 * @param duplicates repeats of a play_id
 */
record PlaysRequest(boolean single, List<Play> plays, int duplicates, List<Rejection> rejected) {

  /**
   * @param index of the element in the batch, from 0
   */
  record Rejection(int index, String field, @Nullable String value, String reason) {
    Rejection(int index, Refusal refusal) {
      this(index, refusal.field(), refusal.value(), refusal.reason());
    }
  }

  /** Names of the fields of a play, nested ones with their dots. */
  static final Set<String> FIELDS =
      Set.of(
          "play_id",
          "user_id",
          "device_id",
          "device_seq",
          "track_id",
          "started_at",
          "played_millis",
          "context",
          "context.type",
          "context.id",
          "country",
          "offline",
          "end_reason",
          "client");

  static final int MOST_PLAYS = 1_000;
  private static final String SIZE_RULE = "a list of 1 to " + MOST_PLAYS + " plays";

  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);
  private static final long LONGEST_MILLIS = Duration.ofDays(1).toMillis();
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
  private static final Map<String, ContextType> CONTEXT_TYPES = words(ContextType.values());
  private static final Map<String, EndReason> END_REASONS = words(EndReason.values());
  private static final String CONTEXT_TYPE_RULE = oneOf(ContextType.values());
  private static final String END_REASON_RULE = oneOf(EndReason.values());

  /**
   * @param clock by which started_at is
   * @param listener whose plays they all are, with the device; null if each play says
   * @throws Problem 400 if the body is not JSON in UTF-8; 422 if it is a list that does not have 1
   *     to {@value #MOST_PLAYS} elements
   */
  static PlaysRequest read(
      byte[] body, Instant receivedAt, SenderClock clock, @Nullable AccessToken listener) {
    try (JsonParser parser = Json.parser(new Utf8(body.length).decode(body, 0, body.length))) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new Problem(400, "The body is not JSON: it is empty");
      }
      PlaysRequest request =
          elements(parser, receivedAt, clock, listener, first == JsonToken.START_ARRAY ? 1 : 0);
      if (parser.nextToken() != null) {
        throw new Problem(400, "The body is not JSON: something follows the value");
      }
      if (!request.single() && request.plays().isEmpty() && request.rejected().isEmpty()) {
        throw Problem.invalid(new Refusal("", "[]", SIZE_RULE));
      }
      return request;
    } catch (CharacterCodingException e) {
      throw new Problem(400, "The body is not UTF-8");
    } catch (JsonProcessingException e) {
      throw new Problem(400, "The body is not JSON: " + Json.fault(e));
    } catch (IOException e) {
      throw new Problem(400, "The body is not JSON");
    }
  }

  /**
   * @param depth 1 within a list; 0 where the body is the only element
   */
  private static PlaysRequest elements(
      JsonParser parser,
      Instant receivedAt,
      SenderClock clock,
      @Nullable AccessToken listener,
      int depth)
      throws IOException {
    List<Play> plays = new ArrayList<>();
    List<Rejection> rejected = new ArrayList<>();
    Set<UUID> ids = new HashSet<>(depth == 0 ? 1 : MOST_PLAYS);
    Instant earliest = clock.theirs(Instant.EPOCH);
    Instant latest = clock.theirs(receivedAt.plus(CLOCKS_DIFFER));
    int elements = 0;
    for (boolean more = depth == 0 || parser.nextToken() != JsonToken.END_ARRAY;
        more;
        more = depth == 1 && parser.nextToken() != JsonToken.END_ARRAY) {
      if (elements == MOST_PLAYS) {
        throw Problem.invalid(new Refusal("", "more than " + MOST_PLAYS, SIZE_RULE));
      }
      try {
        Play play = play(parser, receivedAt, clock, earliest, latest, listener);
        if (ids.add(play.getPlayId())) {
          plays.add(play);
        }
      } catch (RefusedException e) {
        rejected.add(new Rejection(elements, e.refusal()));
        Json.skipTo(parser, depth);
      }
      elements++;
    }
    return new PlaysRequest(depth == 0, plays, elements - plays.size() - rejected.size(), rejected);
  }

  private static Play play(
      JsonParser parser,
      Instant receivedAt,
      SenderClock clock,
      Instant earliest,
      Instant latest,
      @Nullable AccessToken listener)
      throws IOException, RefusedException {
    UUID playId = null;
    UUID userId = null;
    UUID deviceId = null;
    Long deviceSeq = null;
    UUID trackId = null;
    Instant startedAt = null;
    Long playedMillis = null;
    PlayContext context = null;
    String country = null;
    Boolean offline = null;
    EndReason endReason = null;
    String client = null;

    Fields fields = Fields.of(parser);
    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "play_id" -> playId = fields.uuid();
        case "user_id" -> userId = fields.uuid();
        case "device_id" -> deviceId = fields.uuid();
        case "device_seq" -> deviceSeq = fields.wholeNumber(0, Long.MAX_VALUE);
        case "track_id" -> trackId = fields.uuid();
        case "started_at" -> startedAt = fields.time(earliest, latest);
        case "played_millis" -> playedMillis = fields.wholeNumber(0, LONGEST_MILLIS);
        case "context" -> context = context(fields.object());
        case "country" ->
            country = fields.text(COUNTRY, "two capital letters (ISO 3166-1 alpha-2)");
        case "offline" -> offline = fields.truth();
        case "end_reason" -> endReason = fields.oneOf(END_REASONS, END_REASON_RULE);
        case "client" -> client = fields.text(64);
        default -> throw fields.unknown();
      }
    }
    if (listener != null) {
      userId = only("user_id", userId, listener.userId());
      deviceId = only("device_id", deviceId, listener.deviceId());
    }
    return new Play(
        playId(playId, deviceId, deviceSeq),
        fields.required("user_id", userId),
        deviceId,
        deviceSeq,
        fields.required("track_id", trackId),
        clock.ours(fields.required("started_at", startedAt)),
        fields.required("played_millis", playedMillis),
        context,
        country,
        offline != null && offline,
        endReason == null ? EndReason.UNKNOWN : endReason,
        client,
        receivedAt);
  }

  /** What the token says; the body may only repeat it. */
  private static UUID only(String field, @Nullable UUID given, UUID ofToken)
      throws RefusedException {
    if (given != null && !given.equals(ofToken)) {
      throw refused(field, given.toString(), "that of the access token, or left out");
    }
    return ofToken;
  }

  private static UUID playId(
      @Nullable UUID given, @Nullable UUID deviceId, @Nullable Long deviceSeq)
      throws RefusedException {
    if (deviceSeq == null) {
      if (given == null) {
        throw refused("play_id", null, "required where there is no device_seq");
      }
      return given;
    }
    if (deviceId == null) {
      throw refused("device_id", null, "required where there is a device_seq");
    }
    UUID numbered = PlayId.of(deviceId, deviceSeq);
    if (given != null && !given.equals(numbered)) {
      throw refused(
          "play_id",
          given.toString(),
          "UUIDv5 of device_id and device_seq, which is " + numbered + ", or left out");
    }
    return numbered;
  }

  private static @Nullable PlayContext context(@Nullable Fields fields)
      throws IOException, RefusedException {
    if (fields == null) {
      return null;
    }
    ContextType type = null;
    String id = null;
    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "type" -> type = fields.oneOf(CONTEXT_TYPES, CONTEXT_TYPE_RULE);
        case "id" -> id = fields.text(128);
        default -> throw fields.unknown();
      }
    }
    return new PlayContext(fields.required("type", type), id);
  }

  private static RefusedException refused(String field, @Nullable String value, String reason) {
    return new RefusedException(new Refusal(field, value, reason));
  }

  private static <E extends Enum<E>> Map<String, E> words(E[] values) {
    return Arrays.stream(values).collect(Collectors.toMap(PlaysRequest::word, Function.identity()));
  }

  private static String oneOf(Enum<?>[] values) {
    return Arrays.stream(values)
        .map(PlaysRequest::word)
        .collect(Collectors.joining(", ", "one of ", ""));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
