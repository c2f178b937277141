package io.downbeat.local.run.rejected;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.schemas.topics.Topic;
import io.downbeat.schemas.wire.AvroWireCodec.SchemaById;
import io.downbeat.schemas.wire.AvroWireCodec.UnknownSchemaException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** The two questions to the schema registry's REST interface. Thread-safe. */
final class RegistryClient implements SchemaById {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 404;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final String url;

  /**
   * @param url as Confluent's clients call it
   */
  RegistryClient(URI url) {
    this.url = url.toString().replaceFirst("/+$", "");
  }

  @Override
  public String textOf(int id) throws IOException, InterruptedException, UnknownSchemaException {
    HttpResponse<String> answer = send(request("/schemas/ids/" + id).GET().build());
    if (answer.statusCode() == NOT_FOUND) {
      throw new UnknownSchemaException(id);
    }
    return body(answer, "schema " + id).path("schema").asText();
  }

  /** Id of the schema that this version writes to a topic. */
  int idOf(Topic<?> topic) throws IOException, InterruptedException {
    String question = JSON.writeValueAsString(Map.of("schema", topic.schema().toString()));
    HttpRequest request =
        request("/subjects/" + topic.subject())
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(BodyPublishers.ofString(question))
            .build();
    return body(send(request), "the schema of subject " + topic.subject()).path("id").asInt();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException("Cannot reach the schema registry at " + url, e);
    }
  }

  private JsonNode body(HttpResponse<String> answer, String what) throws IOException {
    if (answer.statusCode() != 200) {
      throw new IOException(
          "Cannot find %s: the registry at %s answered %d; ./downbeat schemas register registers all"
              .formatted(what, url, answer.statusCode()));
    }
    return JSON.readTree(answer.body());
  }
}
