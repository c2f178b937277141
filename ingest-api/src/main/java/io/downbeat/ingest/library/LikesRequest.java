package io.downbeat.ingest.library;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.downbeat.ingest.http.Problem;
import io.downbeat.ingest.json.Fields;
import io.downbeat.ingest.json.Json;
import io.downbeat.ingest.json.Refusal;
import io.downbeat.ingest.json.RefusedException;
import io.downbeat.ingest.json.Utf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a body of {@code POST /v1/me/likes} says.
 *
 * @param likes each track once, with its time; of two the first
 */
record LikesRequest(Map<UUID, Instant> likes) {
  static final int MOST = 10_000;

  private record Like(UUID id, @Nullable Instant addedAt) {}

  /**
   * @param now the time of those that name none; none may be later
   * @throws Problem 400 if the body is not JSON in UTF-8; 422 if it breaks a rule
   */
  static LikesRequest read(byte[] body, Instant now) {
    try (JsonParser parser = Json.parser(new Utf8(body.length).decode(body, 0, body.length))) {
      if (parser.nextToken() == null) {
        throw new Problem(400, "The body is not JSON: it is empty");
      }
      List<Like> likes = likes(Fields.of(parser), now);
      if (parser.nextToken() != null) {
        throw new Problem(400, "The body is not JSON: something follows the value");
      }
      Map<UUID, Instant> all = new LinkedHashMap<>();
      likes.forEach(
          like -> all.putIfAbsent(like.id(), Objects.requireNonNullElse(like.addedAt(), now)));
      return new LikesRequest(all);
    } catch (RefusedException e) {
      throw Problem.invalid(e.refusal());
    } catch (CharacterCodingException e) {
      throw new Problem(400, "The body is not UTF-8");
    } catch (JsonProcessingException e) {
      throw new Problem(400, "The body is not JSON: " + Json.fault(e));
    } catch (IOException e) {
      throw new Problem(400, "The body is not JSON");
    }
  }

  private static List<Like> likes(Fields fields, Instant now) throws IOException, RefusedException {
    List<Like> likes = List.of();
    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "ids" -> likes = fields.uuids(MOST).stream().map(id -> new Like(id, null)).toList();
        case "likes" -> likes = fields.objects(MOST, like -> like(like, now));
        default -> throw fields.unknown();
      }
    }
    if (fields.seen().size() != 1) {
      throw new RefusedException(new Refusal("", null, "either ids or likes"));
    }
    return likes;
  }

  private static Like like(Fields fields, Instant now) throws IOException, RefusedException {
    UUID id = null;
    Instant addedAt = null;
    for (String field = fields.next(); field != null; field = fields.next()) {
      switch (field) {
        case "id" -> id = fields.uuid();
        case "added_at" -> addedAt = fields.time(Instant.EPOCH, now);
        default -> throw fields.unknown();
      }
    }
    return new Like(fields.required("id", id), addedAt);
  }
}
