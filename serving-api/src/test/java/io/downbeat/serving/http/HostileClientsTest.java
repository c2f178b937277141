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

/** What is sent by hand to break the server, or to smuggle a request past a proxy before it. */
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
        // Two lengths, or a length and chunks: two servers could see two ends.
        "POST /things HTTP/1.1|Host: x|Content-Length: 4|Transfer-Encoding: chunked||0||",
        "POST /things HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 4||0||",
        "POST /things HTTP/1.1|Host: x|Content-Length: 4|Content-Length: 5||abcde",
        "POST /things HTTP/1.1|Host: x|Content-Length: 4|Content-Length: 4||abcd",
        "POST /things HTTP/1.1|Host: x|Content-Length: 4, 4||abcd",
        "POST /things HTTP/1.1|Host: x|Content-Length: +4||abcd",
        "POST /things HTTP/1.1|Host: x|Content-Length: -4||abcd",
        "POST /things HTTP/1.1|Host: x|Content-Length: 0x4||abcd",
        "POST /things HTTP/1.1|Host: x|Content-Length: 99999999999999999999||abcd",
        "POST /things HTTP/1.1|Host: x|Transfer-Encoding: chunked, identity||0||",
        "POST /things HTTP/1.1|Host: x|Transfer-Encoding: xchunked||0||",
        "POST /things HTTP/1.1|Host: x|Transfer-Encoding: identity|Content-Length: 4||abcd",
        // A header that one server sees and another does not.
        "POST /things HTTP/1.1|Host: x|Content-Length : 4||abcd",
        "POST /things HTTP/1.1|Host: x|Transfer-Encoding : chunked||0||",
        "GET /things HTTP/1.1|Host: x|X: a| folded: b||",
        "GET /things HTTP/1.1|Host: x| X: a||",
        "GET /things HTTP/1.1|Host: x|no colon||",
        "GET /things HTTP/1.1|Host: x|: no name||",
        "GET /things HTTP/1.1|Host: x|X\u0000: a||",
        "GET /things HTTP/1.1|Host: x|X: a\u0000b||",
        // Whose request it is.
        "GET /things HTTP/1.1||",
        "GET /things HTTP/1.1|Host: x|Host: y||",
        "GET /things HTTP/1.1|Host: x|Host: x||",
        "GET /things HTTP/1.1|Host: a b||",
        "GET /things HTTP/1.1|Host: x@y||",
        // Lines.
        "GET /things|Host: x||",
        "GET /things HTTP/1.1x|Host: x||",
        "G\u0001T /things HTTP/1.1|Host: x||"
      })
  void anAmbiguousRequestIsRefusedAndTheConnectionIsClosed(String request) throws IOException {
    String after = "GET /things HTTP/1.1\r\nHost: x\r\n\r\n";
    String answer = served.untilClosed(request.replace("|", "\r\n") + after);
    assertThat(answer).matches("(?s)HTTP/1.1 (400|505) .*").containsOnlyOnce("HTTP/1.1 ");
    assertThat(handled).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /things HTTP/1.1\nHost: x\n\n",
        "GET /things HTTP/1.1\r\nHost: x\nX: a\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\n\n",
        "GET /things HTTP/1.1\rHost: x\r\r",
        "GET /things HTTP/1.1\r\nHost: x\rX: a\r\n\r\n"
      })
  void aLineEndsWithBothItsBytes(String request) throws IOException {
    String answer = served.untilClosed(request + "GET /things HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
    assertThat(handled).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\nabcde\r\n0\r\n\r\n",
        "5\r\nabcde\n0\r\n\r\n",
        "5\r\nabcdef\r\n0\r\n\r\n",
        "-5\r\nabcde\r\n0\r\n\r\n",
        "0x5\r\nabcde\r\n0\r\n\r\n",
        "g\r\nabcde\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nabcde\r\n0\r\n\r\n"
      })
  void afterABodyWhoseChunksAreWrongTheConnectionIsClosed(String body) throws IOException {
    String answer =
        served.untilClosed(
            "POST /things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + body
                + "GET /things HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 405 ").containsOnlyOnce("HTTP/1.1 ");
    assertThat(handled).hasValue(0);
  }

  @Test
  void headersOver8KibAre431AndAUriOverItIs414() throws IOException {
    String many = "X: a\r\n".repeat(2_000);
    assertThat(served.untilClosed("GET /things HTTP/1.1\r\nHost: x\r\n" + many + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
    String one = "X: " + "a".repeat(9_000) + "\r\n";
    assertThat(served.untilClosed("GET /things HTTP/1.1\r\nHost: x\r\n" + one + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(served.untilClosed("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
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

  @Test
  void requestsInARowAreEachAnsweredOnce() throws IOException {
    String answers =
        served.untilClosed((GET + "\r\n").repeat(2) + GET + "Connection: close\r\n\r\n");
    assertThat(answers).contains("seen 1", "seen 2", "seen 3");
    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
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
