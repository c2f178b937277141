package io.downbeat.serving.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.downbeat.access.http.Guard;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.server.Handler;

/** A server of a few routes, and its clients. */
final class Served implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Served(Guard guard, Route... routes) {
    HttpServer.Settings settings =
        new HttpServer.Settings(
            "127.0.0.1", 0, 8, 100, Duration.ofSeconds(20), Duration.ofSeconds(5));
    server =
        HttpServer.start(
            settings,
            HttpServer.threads(settings),
            guard,
            new Handler.Wrapper(),
            List.of(routes),
            new SimpleMeterRegistry());
  }

  /**
   * @param headers name, value, name, value …
   */
  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout(15_000);
    return socket;
  }

  /** All that is answered until the server closes the connection. */
  String untilClosed(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
