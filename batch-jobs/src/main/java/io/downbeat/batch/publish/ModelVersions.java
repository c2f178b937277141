package io.downbeat.batch.publish;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The versions of a model, and which one readers take: one partition of the table {@code models},
 * changed by conditional writes alone, so that of two writers one is refused.
 */
public final class ModelVersions {
  private final CqlSession session;
  private final String model;

  public ModelVersions(CqlSession session, String model) {
    this.session = session;
    this.model = model;
  }

  private record Pointer(@Nullable Long live, @Nullable Long previous) {}

  /** Which version readers take. */
  public OptionalLong live() {
    Long live = pointer().live();
    return live == null ? OptionalLong.empty() : OptionalLong.of(live);
  }

  /** Takes note of a version before its first row is written, so that none is ever forgotten. */
  public void begin(long version) {
    require(
        SimpleStatement.newInstance(
            "INSERT INTO models (name, version) VALUES (?, ?) IF NOT EXISTS", model, version),
        "begin version " + version + ": there is one of that name");
  }

  /** Lets readers take a version that is written whole. */
  public void flip(long version, Instant now) {
    Pointer pointer = pointer();
    require(
        BatchStatement.newInstance(
            DefaultBatchType.UNLOGGED,
            move(version, pointer.live(), pointer.live()),
            SimpleStatement.newInstance(
                "UPDATE models SET published_at = ? WHERE name = ? AND version = ? IF EXISTS",
                now,
                model,
                version)),
        "make version " + version + " live: another training was faster");
  }

  /**
   * Lets readers take the version before; a second call takes this one back.
   *
   * @return that version
   * @throws IllegalStateException if there is none
   */
  public long rollback() {
    Pointer pointer = pointer();
    if (pointer.previous() == null) {
      throw new IllegalStateException(
          "Cannot roll back " + model + ": there is no version before the live one");
    }
    require(
        move(pointer.previous(), pointer.live(), pointer.live()),
        "roll back " + model + ": a training was faster");
    return pointer.previous();
  }

  /**
   * Removes every version but the live one and the one before it, also what a killed training left
   * half written.
   *
   * @param removeRows removes what is written under a version
   */
  public void removeOthers(LongConsumer removeRows) {
    Pointer pointer = pointer();
    List<Long> versions =
        session.execute(serial("SELECT version FROM models WHERE name = ?")).all().stream()
            .filter(row -> !row.isNull(0))
            .map(row -> row.getLong(0))
            .toList();
    for (Long version : versions) {
      if (!version.equals(pointer.live()) && !version.equals(pointer.previous())) {
        removeRows.accept(version);
        session.execute(
            SimpleStatement.newInstance(
                "DELETE FROM models WHERE name = ? AND version = ? IF EXISTS", model, version));
      }
    }
  }

  private SimpleStatement move(long to, @Nullable Long previous, @Nullable Long from) {
    return SimpleStatement.newInstance(
        "UPDATE models SET live = ?, previous = ? WHERE name = ? IF live = ?",
        to,
        previous,
        model,
        from);
  }

  private Pointer pointer() {
    Row row =
        session.execute(serial("SELECT live, previous FROM models WHERE name = ? LIMIT 1")).one();
    return row == null
        ? new Pointer(null, null)
        : new Pointer(row.get(0, Long.class), row.get(1, Long.class));
  }

  /** A read that sees every conditional write that was ever answered. */
  private SimpleStatement serial(String query) {
    return SimpleStatement.newInstance(query, model)
        .setConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL);
  }

  private void require(Statement<?> conditional, String what) {
    if (!session.execute(conditional).wasApplied()) {
      throw new IllegalStateException("Cannot " + what);
    }
  }
}
