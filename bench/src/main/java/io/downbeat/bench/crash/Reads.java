package io.downbeat.bench.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** GETs of the API. */
@FunctionalInterface
interface Reads {

  /** The answer, where there is a good one. */
  Optional<JsonNode> get(String path) throws InterruptedException;
}
