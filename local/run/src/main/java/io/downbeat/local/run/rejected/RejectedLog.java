package io.downbeat.local.run.rejected;

import io.downbeat.schemas.avro.Rejected;
import io.downbeat.schemas.avro.Replay;
import io.downbeat.schemas.avro.ReplayState;
import io.downbeat.schemas.topics.Topics;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Topics {@code rejected} and {@code replays}, as they stand. */
final class RejectedLog {

  /** At some 64 bytes each. */
  private static final int MOST = 1_000_000;

  private final TopicRecords<Rejected> rejected;
  private final TopicRecords<Replay> replays;

  interface Visitor {
    void visit(Kept kept) throws IOException, InterruptedException;
  }

  RejectedLog(String bootstrapServers, String topicPrefix, SchemaById registry) {
    rejected =
        new TopicRecords<>(bootstrapServers, Topics.REJECTED.withPrefix(topicPrefix), registry);
    replays =
        new TopicRecords<>(bootstrapServers, Topics.REPLAYS.withPrefix(topicPrefix), registry);
  }

  /** Every record kept since then, each once though there may be copies. */
  void each(Instant since, Visitor visitor) throws IOException, InterruptedException {
    Set<UUID> seen = new HashSet<>();
    rejected.each(
        since,
        (id, record) -> {
          if (add(seen, id)) {
            visitor.visit(new Kept(id, record));
          }
        });
  }

  /** Ids of the records that were replayed. */
  Set<UUID> replayed() throws IOException, InterruptedException {
    Set<UUID> done = new HashSet<>();
    replays.each(
        Instant.EPOCH,
        (id, replay) -> {
          if (replay.getState() == ReplayState.DONE) {
            add(done, id);
          }
        });
    return done;
  }

  /** The decision that counts, for those of these records on which there is one. */
  Map<UUID, Replay> decisions(Set<UUID> ids) throws IOException, InterruptedException {
    Map<UUID, Replay> first = new HashMap<>();
    replays.each(
        Instant.EPOCH,
        (id, replay) -> {
          if (ids.contains(id) && replay.getState() == ReplayState.DECIDED) {
            first.putIfAbsent(id, replay);
          }
        });
    return first;
  }

  private static boolean add(Set<UUID> ids, UUID id) {
    if (ids.size() == MOST && !ids.contains(id)) {
      throw new IllegalStateException(
          "Cannot look at more than %d records at a time: narrow it with --since".formatted(MOST));
    }
    return ids.add(id);
  }
}
