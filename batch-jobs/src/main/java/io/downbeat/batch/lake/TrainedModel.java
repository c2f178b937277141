package io.downbeat.batch.lake;

import java.time.Instant;
import java.util.Map;

/**
 * What was trained, on what, and how good it is.
 *
 * @param version under which it is published
 * @param asOf nothing that was heard from then on was used
 * @param playsSnapshot of the table {@code plays}
 * @param metrics without those that could not be measured
 */
public record TrainedModel(
    String model,
    long version,
    Instant trainedAt,
    Instant asOf,
    long playsSnapshot,
    Map<String, String> parameters,
    Map<String, Double> metrics) {
  public TrainedModel {
    parameters = Map.copyOf(parameters);
    metrics = Map.copyOf(metrics);
  }
}
