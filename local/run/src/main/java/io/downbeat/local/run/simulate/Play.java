package io.downbeat.local.run.simulate;

import io.downbeat.local.run.simulate.Listener.Device;
import io.downbeat.schemas.avro.ContextType;
import io.downbeat.schemas.avro.EndReason;
import io.downbeat.schemas.identity.PlayId;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One listener heard one track, once.
 *
 * @param contextId null where the context is no one thing
 * @param offline without a connection, and sent later
 */
public record Play(
    Listener listener,
    Device device,
    long deviceSeq,
    Track track,
    Instant startedAt,
    long playedMillis,
    ContextType context,
    @Nullable UUID contextId,
    boolean offline,
    EndReason endReason) {

  public UUID id() {
    return PlayId.of(device.id(), deviceSeq);
  }

  public Instant endedAt() {
    return startedAt.plusMillis(playedMillis);
  }

  Play at(Instant otherStart) {
    return new Play(
        listener,
        device,
        deviceSeq,
        track,
        otherStart,
        playedMillis,
        context,
        contextId,
        offline,
        endReason);
  }

  /** As {@code POST /v1/plays} takes it from a trusted producer: nothing in it needs escaping. */
  void writeJson(StringBuilder json) {
    json.append("{\"user_id\":\"").append(listener.id());
    json.append("\",\"device_id\":\"").append(device.id());
    json.append("\",\"device_seq\":").append(deviceSeq);
    json.append(",\"track_id\":\"").append(track.id());
    json.append("\",\"started_at\":\"").append(startedAt);
    json.append("\",\"played_millis\":").append(playedMillis);
    json.append(",\"context\":{\"type\":\"").append(word(context));
    if (contextId != null) {
      json.append("\",\"id\":\"").append(contextId);
    }
    json.append("\"},\"country\":\"").append(listener.country());
    json.append("\",\"offline\":").append(offline);
    json.append(",\"end_reason\":\"").append(word(endReason));
    json.append("\",\"client\":\"").append(device.client()).append("\"}");
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
