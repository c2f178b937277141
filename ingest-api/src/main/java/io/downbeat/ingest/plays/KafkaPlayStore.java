package io.downbeat.ingest.plays;

import io.downbeat.ingest.log.Log.Acknowledgement;
import io.downbeat.ingest.log.TopicWriter;
import io.downbeat.schemas.avro.Play;
import io.downbeat.schemas.topics.Keys;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Topic {@code plays}. Key: device_id, or user_id where there is none. */
public final class KafkaPlayStore implements PlayStore {

  private final TopicWriter<Play> plays;

  public KafkaPlayStore(TopicWriter<Play> plays) {
    this.plays = plays;
  }

  @Override
  public CompletableFuture<Void> append(List<Play> batch) {
    if (batch.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Pending pending = new Pending(batch.size());
    for (Play play : batch) {
      plays.append(Keys.of(play), play, pending);
    }
    return pending.all;
  }

  /** The acknowledgements that one request waits for. */
  private static final class Pending implements Acknowledgement {
    private final CompletableFuture<Void> all = new CompletableFuture<>();
    private final AtomicInteger missing;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    Pending(int records) {
      missing = new AtomicInteger(records);
    }

    @Override
    public void done(@Nullable Exception failed) {
      if (failed != null) {
        failure.compareAndSet(null, failed);
      }
      if (missing.decrementAndGet() == 0) {
        Exception first = failure.get();
        if (first == null) {
          all.complete(null);
        } else {
          all.completeExceptionally(first);
        }
      }
    }
  }
}
