package io.downbeat.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a benchmark found.
 *
 * @param goals the most that a metric of the same name may be
 * @param floors goals too: the least that a metric of the same name may be
 */
public record Result(
    String bench,
    Map<String, Number> metrics,
    Map<String, Number> goals,
    Map<String, Number> floors) {

  /** All goals are the most that may be. */
  public Result(String bench, Map<String, Number> metrics, Map<String, Number> goals) {
    this(bench, metrics, goals, Map.of());
  }

  public boolean met() {
    return goals.entrySet().stream()
            .allMatch(
                goal ->
                    metrics.getOrDefault(goal.getKey(), Double.MAX_VALUE).doubleValue()
                        <= goal.getValue().doubleValue())
        && floors.entrySet().stream()
            .allMatch(
                floor ->
                    metrics.getOrDefault(floor.getKey(), -Double.MAX_VALUE).doubleValue()
                        >= floor.getValue().doubleValue());
  }

  public String json() throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("bench", bench);
    all.put("metrics", metrics);
    Map<String, Number> allGoals = new LinkedHashMap<>(goals);
    allGoals.putAll(floors);
    all.put("goals", allGoals);
    all.put("met", met());
    return new JsonMapper().writeValueAsString(all);
  }
}
