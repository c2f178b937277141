package io.downbeat.batch.lake;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark in this JVM, or on the cluster to which spark-submit sent it. */
public final class LocalSpark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private LocalSpark() {}

  public static SparkSession session(String name) {
    return SparkSession.builder().config(conf(name)).getOrCreate();
  }

  /** What spark-submit has set counts more. */
  static SparkConf conf(String name) {
    return new SparkConf()
        .setAppName(name)
        .setIfMissing("spark.master", "local[*]")
        .setIfMissing("spark.ui.enabled", "false")
        .setIfMissing("spark.driver.host", "127.0.0.1")
        .setIfMissing("spark.driver.bindAddress", "127.0.0.1")
        .setIfMissing("spark.sql.shuffle.partitions", Integer.toString(2 * CORES))
        .setIfMissing("spark.sql.session.timeZone", "UTC")
        .setIfMissing("spark.sql.datetime.java8API.enabled", "true");
  }
}
