package io.downbeat.serving.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.downbeat.access.http.Guard;
import io.downbeat.access.http.RateLimits;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is sent by hand to break the server, or to smuggle a request past a proxy before it: one of
 * a kind, for the guard is that of ingest-api, where all of them are sent.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class HostileClientsTest {
  private static final String GET = "GET /things HTTP/1.1\r\nHost: x\r\n";

  private final AtomicInteger handled = new AtomicInteger();
  private Served served;

  @BeforeAll
  void start() {
    served =
        new Served(
            new Guard(
                new Guard.Settings(List.of(), List.of(), Duration.ZERO, Duration.ofMillis(400)),
                RateLimits.none(),
                ctx -> false),
            new Route("/things", ctx -> ctx.result("seen " + handled.incrementAndGet())));
  }

  @AfterAll
  void stop() {
    served.close();
  }

  @BeforeEach
  void forget() {
    handled.set(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /things HTTP/1.1|Host: x|Content-Length: 4|Transfer-Encoding: chunked||0||",
        "POST /things HTTP/1.1|Host: x|Content-Length : 4||abcd",
        "GET /things HTTP/1.1|Host: x|X: a| folded: b||",
        "GET /things HTTP/1.1||"
      })
  void anAmbiguousRequestIsRefusedAndTheConnectionIsClosed(String request) throws IOException {
    String after = "GET /things HTTP/1.1\r\nHost: x\r\n\r\n";
    String answer = served.untilClosed(request.replace("|", "\r\n") + after);
    assertThat(answer).matches("(?s)HTTP/1.1 (400|505) .*").containsOnlyOnce("HTTP/1.1 ");
    assertThat(handled).hasValue(0);
  }

  @Test
  void aHeadThatTricklesIsGivenUp() throws IOException {
    try (Socket socket = served.connect()) {
      assertThat(trickle(socket, GET + "X: " + "a".repeat(5_000))).isEqualTo(-1);
    }
    assertThat(handled).hasValue(0);
  }

  @Test
  void aBodyIsNotWaitedFor() throws IOException {
    try (Socket socket = served.connect()) {
      write(socket, "POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
      readUntil(socket, "HTTP/1.1 405 ");
      socket.setSoTimeout(10_000);
      socket.getInputStream().readAllBytes(); // Until it is closed.
    }
    assertThat(handled).hasValue(0);
  }

  @Test
  void methodsThatAreInventedAreRefused() throws IOException {
    for (String method : List.of("BEFORE", "AFTER", "BREW", "TRACE", "CONNECT", "get")) {
      assertThat(
              served.untilClosed(
                  method + " /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .matches("(?s)HTTP/1.1 (400|405) .*")
          .contains("problem+json");
    }
    assertThat(handled).hasValue(0);
  }

  /** Sends a byte every few milliseconds; the first that comes back, or -1 for the end. */
  private static int trickle(Socket socket, String text) throws IOException {
    socket.setSoTimeout(5);
    for (byte each : text.getBytes(ISO_8859_1)) {
      try {
        socket.getOutputStream().write(each);
        return socket.getInputStream().read();
      } catch (SocketTimeoutException e) {
        // Nothing yet.
      } catch (SocketException e) {
        return -1;
      }
    }
    throw new AssertionError("All of it was taken");
  }

  private static void readUntil(Socket socket, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(text) < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("after " + read).isNotNegative();
      read.append((char) next);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }
}
