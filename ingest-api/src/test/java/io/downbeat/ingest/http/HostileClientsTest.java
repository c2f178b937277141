package io.downbeat.ingest.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.downbeat.access.http.Guard;
import io.downbeat.access.http.RateLimits;
import io.javalin.http.HandlerType;
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
  private static final Duration READ = Duration.ofMillis(800);
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
            new Route(
                HandlerType.GET, "/things", ctx -> ctx.result("seen " + handled.incrementAndGet())),
            new Route(
                HandlerType.POST,
                "/things",
                ctx ->
                    ctx.future(
                        () ->
                            RequestBody.read(ctx.req(), 1_000, READ)
                                .thenAccept(
                                    body -> {
                                      handled.incrementAndGet();
                                      ctx.result(body);
                                    }))),
            new Route(HandlerType.PUT, "/things", ctx -> ctx.status(204)),
            new Route(
                HandlerType.DELETE,
                "/things",
                ctx -> {
                  throw new Problem(401, "Not you");
                }));
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
  void aBodyWhoseChunksAreWrongIsNotTakenAndTheConnectionIsClosed(String body) throws IOException {
    String answer =
        served.untilClosed(
            "POST /things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + body
                + "GET /things HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
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
  void theHeadOfALaterRequestHasTheSameTime() throws IOException {
    try (Socket socket = served.connect()) {
      write(socket, GET + "\r\n");
      readUntil(socket, "seen 1");
      assertThat(trickle(socket, GET + "X: " + "a".repeat(5_000))).isEqualTo(-1);
    }
    assertThat(handled).hasValue(1);
  }

  @Test
  void aConnectionMayRestBetweenRequestsForLongerThanAHeadMayTake() throws IOException {
    try (Socket socket = served.connect()) {
      for (int i = 1; i <= 3; i++) {
        socket.setSoTimeout(15_000);
        write(socket, GET + "\r\n");
        readUntil(socket, "seen " + i);
        socket.setSoTimeout(600);
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @Test
  void aBodyMayTakeLongerThanAHeadButNotLongerThanItsRouteLets() throws IOException {
    try (Socket socket = served.connect()) {
      write(socket, "POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
      long began = System.nanoTime();
      assertThat(trickle(socket, "a".repeat(999))).isEqualTo('H');
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(READ);
      socket.setSoTimeout(15_000);
      readUntil(socket, "TTP/1.1 408 ");
    }
    assertThat(handled).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT /things|204",
        "DELETE /things|401",
        "POST /nothing|404",
        "PATCH /things|405",
        "BREW /things|405"
      })
  void aBodyThatNobodyReadsIsWaitedForSoThatItsSenderSeesTheAnswer(String each) throws IOException {
    String[] request = each.split("\\|");
    try (Socket socket = served.connect()) {
      write(socket, request[0] + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
      socket.setSoTimeout(300);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(15_000);
      write(socket, "llo");
      readUntil(socket, "HTTP/1.1 " + request[1]);
      write(socket, GET + "\r\n");
      readUntil(socket, "seen 1");
    }
  }

  @Test
  void aBodyThatNobodyReadsAndThatNeverEndsIsNotWaitedForWithoutEnd() throws IOException {
    try (Socket socket = served.connect()) {
      write(socket, "DELETE /things HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
      readUntil(socket, "HTTP/1.1 401");
    }
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
    String post = "POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    String answers = served.untilClosed(GET + "\r\n" + post + GET + "Connection: close\r\n\r\n");
    assertThat(answers).contains("seen 1", "hello", "seen 3");
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
