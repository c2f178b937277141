package io.downbeat.ingest.log;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the log can be written to, looked at every two seconds: each topic is there, each of its
 * partitions has a leader, and the producer knows them. Keeps the producer's metadata warm.
 * Thread-safe.
 */
public final class LogWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration PAUSE_WHILE_AWAY = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Admin admin;
  private final Log log;
  private final List<String> topics;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "log-watch");
            thread.setDaemon(true);
            return thread;
          });
  private volatile @Nullable String obstacle = "not looked at yet";

  public LogWatch(String bootstrapServers, Log log, List<String> topics) {
    this.admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id",
                "ingest-api-watch",
                "reconnect.backoff.max.ms",
                1_000L,
                "request.timeout.ms",
                2_000,
                "default.api.timeout.ms",
                Math.toIntExact(PATIENCE.toMillis())));
    this.log = log;
    this.topics = List.copyOf(topics);
  }

  public void start() {
    executor.execute(this::look);
  }

  /** What keeps the log from being written to; null if nothing does. */
  public @Nullable String obstacle() {
    return obstacle;
  }

  private void look() {
    String before = obstacle;
    String now = find();
    obstacle = now;
    if (now == null && before != null) {
      LOG.info("The log can be written to");
    } else if (now != null && !now.equals(before)) {
      LOG.warn("The log cannot be written to: {}", now);
    }
    Duration pause = now == null ? PAUSE : PAUSE_WHILE_AWAY;
    if (!executor.isShutdown()) {
      executor.schedule(this::look, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private @Nullable String find() {
    try {
      // Asked first, so that the producer learns of all of them while the broker is looked at.
      topics.forEach(log::knows);
      Map<String, TopicDescription> found =
          admin
              .describeTopics(topics)
              .allTopicNames()
              .get(PATIENCE.toMillis() + 500, TimeUnit.MILLISECONDS);
      for (String topic : topics) {
        TopicDescription description = found.get(topic);
        if (description == null
            || description.partitions().stream().anyMatch(p -> p.leader() == null)) {
          return "topic " + topic + " has partitions without a leader";
        }
      }
      return topics.stream().allMatch(log::knows)
          ? null
          : "the producer does not know every topic yet";
    } catch (ExecutionException e) {
      return e.getCause() instanceof org.apache.kafka.common.errors.UnknownTopicOrPartitionException
          ? "a topic is missing; create the topics"
          : "the broker does not answer";
    } catch (TimeoutException e) {
      return "the broker does not answer";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "stopping";
    } catch (RuntimeException e) {
      LOG.warn("Cannot look at the log", e);
      return "cannot be looked at";
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    admin.close(Duration.ZERO);
  }
}
