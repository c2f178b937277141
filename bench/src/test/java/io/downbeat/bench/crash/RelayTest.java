package io.downbeat.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RelayTest {

  @Test
  @Timeout(60)
  void requestsPassUntilConnectionsAreCutAndAgainAfterwards() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write(new byte[100_000]);
          exchange.close();
        });
    server.start();
    try (Relay relay = new Relay(server.getAddress().getPort())) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + relay.port()))
              .timeout(Duration.ofSeconds(20))
              .build();
      HttpClient http = HttpClient.newHttpClient();
      assertThat(http.send(request, BodyHandlers.ofByteArray()).body()).hasSize(100_000);
      relay.cut(true);
      assertThatThrownBy(() -> http.send(request, BodyHandlers.ofByteArray()))
          .isInstanceOf(IOException.class);
      relay.cut(false);
      assertThat(http.send(request, BodyHandlers.ofByteArray()).body()).hasSize(100_000);
    } finally {
      server.stop(0);
    }
  }
}
