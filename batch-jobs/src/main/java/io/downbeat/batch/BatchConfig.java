package io.downbeat.batch;

import com.typesafe.config.Config;
import io.downbeat.batch.catalog.KafkaCatalog;
import io.downbeat.batch.lake.Lake;
import io.downbeat.batch.publish.CassandraCluster;
import io.downbeat.batch.recommendations.Als;
import io.downbeat.batch.recommendations.Training;
import io.downbeat.schemas.rules.OpenWindow;
import java.nio.file.Path;

/** Settings of the batch jobs; {@code reference.conf} says what each is for. */
public record BatchConfig(
    KafkaCatalog.Settings catalog,
    CassandraCluster cassandra,
    Lake.Settings lake,
    Path lockFile,
    OpenWindow openWindow,
    Training.Settings recommendations) {

  public static BatchConfig from(Config config) {
    Config batch = config.getConfig("downbeat.batch");
    Config recommendations = batch.getConfig("recommendations");
    return new BatchConfig(
        new KafkaCatalog.Settings(
            batch.getString("kafka.bootstrap-servers"),
            batch.getString("kafka.topic-prefix"),
            batch.getString("schema-registry.url")),
        new CassandraCluster(
            batch.getString("cassandra.contact-point"),
            batch.getString("cassandra.datacenter"),
            batch.getString("cassandra.keyspace")),
        new Lake.Settings(batch.getString("lake.catalog-url"), batch.getString("lake.namespace")),
        Path.of(batch.getString("lock-file")).toAbsolutePath().normalize(),
        new OpenWindow(batch.getInt("open-window.days")),
        new Training.Settings(
            new Als.Settings(
                recommendations.getInt("rank"),
                recommendations.getInt("iterations"),
                recommendations.getDouble("alpha"),
                recommendations.getDouble("regularization")),
            recommendations.getInt("min-streams-of-listener"),
            recommendations.getInt("min-streams-of-track"),
            recommendations.getDuration("held-out"),
            recommendations.getDuration("not-again-for"),
            recommendations.getInt("list-length")));
  }
}
