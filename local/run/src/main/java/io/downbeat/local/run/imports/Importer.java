package io.downbeat.local.run.imports;

import io.downbeat.local.run.api.ApiClient;
import io.downbeat.local.run.api.CannotSend;
import io.downbeat.local.run.api.Kind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one file's rows in batches and settles the answers in the file's order: refused rows and
 * the bookmark are written by the calling thread alone, and the bookmark never passes a batch that
 * isn't acknowledged. Memory is bounded by the batches in flight.
 *
 * <p>Several batches of plays are in flight at a time; of the catalogue only one, since a later
 * line of a thing must arrive later.
 */
final class Importer {

  private static final long LOOK_MILLIS = 100;

  private final ApiClient api;
  private final Kind kind;
  private final int inFlight;
  private final Journal journal;
  private final Progress progress;
  private final Deque<Sent> sent = new ArrayDeque<>();

  /** Written by the caller of {@link #run}, looked at by others. */
  private volatile Tally tally;

  private @Nullable IOException damage;
  private @Nullable Instant oldest;

  private record Sent(Batch batch, Future<ApiClient.Answer> answer) {}

  Importer(ApiClient api, Kind kind, int playBatchesInFlight, Journal journal, Progress progress) {
    this.api = api;
    this.kind = kind;
    this.inFlight = kind == Kind.PLAYS ? playBatchesInFlight : 1;
    this.journal = journal;
    this.progress = progress;
    Bookmark begun = journal.begun();
    this.tally = begun == null ? Tally.ZERO : begun.tally();
  }

  /**
   * Reads all of the rows, of which it sends those behind the bookmark: what has been acknowledged
   * is still mapped, for what it says of later rows.
   *
   * @throws CannotSend if it can't go on; all that was answered until then is settled
   */
  Tally run(Rows rows) throws IOException, InterruptedException {
    api.onTrouble(progress::trouble);
    ExecutorService senders =
        Executors.newFixedThreadPool(
            inFlight,
            task -> {
              Thread thread = new Thread(task, "import-sender");
              thread.setDaemon(true);
              return thread;
            });
    try {
      send(rows, senders);
    } finally {
      senders.shutdownNow();
      progress.clear();
    }
    journal.finish();
    return tally;
  }

  /**
   * When the first play of the file was heard, also of an earlier run; null where there is none.
   */
  @Nullable Instant oldest() {
    return oldest;
  }

  /** As far as it is settled. */
  Tally tally() {
    return tally;
  }

  private void send(Rows rows, ExecutorService senders) throws IOException, InterruptedException {
    Row row = skip(rows);
    progress.begin(tally.rows(), rows.bytesRead());
    Batch batch = new Batch(kind);
    while (row != null) {
      batch.add(row);
      if (batch.isFull()) {
        submit(batch, rows, senders);
        batch = new Batch(kind);
      }
      row = next(rows);
    }
    if (!batch.isEmpty()) {
      submit(batch, rows, senders);
    }
    while (!sent.isEmpty()) {
      settle(sent.remove(), rows);
    }
    if (damage != null) {
      throw damage;
    }
  }

  /**
   * The next row; null after the last one, or where the file is damaged: what came before is sent
   * first.
   */
  private @Nullable Row next(Rows rows) {
    try {
      Row row = rows.next();
      if (kind == Kind.PLAYS && row instanceof Row.Mapped play) {
        play.json().forEach(this::look);
      }
      return row;
    } catch (IOException e) {
      damage = e;
      return null;
    }
  }

  private void look(String play) {
    Instant startedAt = StartedAt.of(play);
    if (startedAt != null && (oldest == null || startedAt.isBefore(oldest))) {
      oldest = startedAt;
    }
  }

  /** The first row that an earlier run has not had acknowledged. */
  private @Nullable Row skip(Rows rows) {
    Bookmark begun = journal.begun();
    Row row = next(rows);
    while (begun != null && row != null && row.line() <= begun.line()) {
      row = next(rows);
    }
    return row;
  }

  private void submit(Batch batch, Rows rows, ExecutorService senders)
      throws IOException, InterruptedException {
    if (sent.size() >= inFlight) {
      settle(sent.remove(), rows);
    }
    sent.add(
        new Sent(
            batch,
            senders.submit(
                () ->
                    batch.objects() == 0 ? ApiClient.Answer.NONE : api.post(kind, batch.body()))));
  }

  private void settle(Sent oldest, Rows rows) throws IOException, InterruptedException {
    Batch batch = oldest.batch();
    ApiClient.Answer answer = await(oldest.answer(), rows);
    long answered = answer.accepted() + answer.duplicates() + answer.rejected().size();
    if (answered != batch.objects()) {
      throw new CannotImport(
          "Stopped: the API answers for %d objects of a batch of %d"
              .formatted(answered, batch.objects()));
    }
    long refused = 0;
    for (Row row : batch.rows()) {
      if (row instanceof Row.Refused one) {
        journal.refuse(one, one.field(), one.reason());
        refused++;
      }
    }
    for (ApiClient.Rejection rejection : answer.rejected()) {
      if (rejection.index() < 0 || rejection.index() >= batch.objects()) {
        throw new CannotImport(
            "Stopped: the API rejects object %d of a batch of %d"
                .formatted(rejection.index(), batch.objects()));
      }
      journal.refuse(batch.owner(rejection.index()), rejection.field(), rejection.reason());
      refused++;
    }
    tally =
        tally.plus(
            new Tally(
                batch.rows().size(),
                batch.objects(),
                answer.accepted(),
                answer.duplicates(),
                refused));
    journal.acknowledge(batch.lastLine(), tally);
    progress.tick(tally.rows(), rows.bytesRead());
  }

  private ApiClient.Answer await(Future<ApiClient.Answer> answer, Rows rows)
      throws IOException, InterruptedException {
    while (true) {
      try {
        return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        progress.tick(tally.rows(), rows.bytesRead());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof CannotSend cause) {
          throw cause;
        }
        throw new IllegalStateException("A batch could not be sent", e.getCause());
      }
    }
  }
}
