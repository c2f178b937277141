package io.downbeat.serving;

import com.fasterxml.jackson.databind.json.JsonMapper;
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
      return new JsonMapper().writeValueAsBytes(new YAMLMapper().readTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read openapi.yaml", e);
    }
  }
}
