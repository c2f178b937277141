package io.downbeat.bench.crash;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A play as its sender knows it. Immutable.
 *
 * @param deviceSeq where its device numbers its plays
 * @param during position in the run's list of faults of the latest one when it was first sent
 */
record SentPlay(
    UUID playId,
    UUID userId,
    @Nullable UUID deviceId,
    @Nullable Long deviceSeq,
    UUID trackId,
    Instant startedAt,
    long playedMillis,
    boolean skipped,
    int during) {

  void writeJson(StringBuilder json) {
    json.append("{\"play_id\":\"").append(playId);
    json.append("\",\"user_id\":\"").append(userId);
    if (deviceId != null) {
      json.append("\",\"device_id\":\"").append(deviceId);
    }
    json.append("\",\"track_id\":\"").append(trackId);
    json.append("\",\"started_at\":\"").append(startedAt);
    json.append("\",\"end_reason\":\"").append(skipped ? "skipped" : "completed");
    json.append("\",\"played_millis\":").append(playedMillis);
    if (deviceSeq != null) {
      json.append(",\"device_seq\":").append(deviceSeq);
    }
    json.append('}');
  }
}
