package io.downbeat.serving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The API's description, {@code openapi.yaml}, in the form in which it is handed out. */
final class Contract {

  private Contract() {}

  static byte[] json() {
    try (InputStream yaml =
        Objects.requireNonNull(Contract.class.getResourceAsStream("/openapi.yaml"))) {
      ObjectNode contract = (ObjectNode) new YAMLMapper().readTree(yaml);
      addTo(contract.path("paths"), contract.remove("x-every-operation").path("responses"));
      return new JsonMapper().writeValueAsBytes(contract);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read openapi.yaml", e);
    }
  }

  /** What any operation may answer is written once, and handed out with each. */
  private static void addTo(JsonNode paths, JsonNode everywhere) {
    for (JsonNode path : paths) {
      for (JsonNode operation : path) {
        if (operation.path("responses") instanceof ObjectNode responses) {
          everywhere
              .properties()
              .forEach(each -> responses.putIfAbsent(each.getKey(), each.getValue()));
        }
      }
    }
  }
}
