package io.downbeat.batch.audit;

import com.datastax.oss.driver.api.core.CqlSession;

/** The newest audit, in the table {@code audits}. */
final class CassandraAudits {
  private static final String INSERT =
      "INSERT INTO audits (name, audited_at, duration_millis, days, snapshot_before, snapshot_after,"
          + " counts, drift, charts, examples) VALUES ('counts', ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private CassandraAudits() {}

  static void write(CqlSession session, Audit audit) {
    session.execute(
        session
            .prepare(INSERT)
            .bind(
                audit.auditedAt(),
                audit.durationMillis(),
                audit.days().isPresent() ? audit.days().getAsInt() : null,
                audit.snapshotBefore(),
                audit.snapshotAfter(),
                audit.counts().toMap(),
                audit.drift(),
                audit.charts().toMap(),
                audit.examples()));
  }
}
