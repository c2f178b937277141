package io.downbeat.local.run.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.downbeat.local.servers.Ports;
import io.downbeat.local.servers.junit.Heap;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProxyIT {
  private static final int MEGABYTE = 1 << 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer serving;
  private HttpServer ingest;
  private Proxy proxy;

  @BeforeEach
  void start() throws IOException {
    serving = app("serving");
    ingest = app("ingest");
    proxy = new Proxy(new InetSocketAddress("127.0.0.1", 0), uri(serving), uri(ingest));
    proxy.start();
  }

  @AfterEach
  void stop() {
    proxy.close();
    serving.stop(0);
    ingest.stop(0);
    threads.shutdownNow();
  }

  @Test
  void readsGoToServingAndEverythingElseToIngest() throws Exception {
    for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
      HttpResponse<String> answer = send(method, "/who?a=b%20c", "");
      assertThat(answer.body())
          .isEqualTo((method.equals("GET") ? "serving " : "ingest ") + method + " /who?a=b%20c");
    }
    assertThat(send("HEAD", "/who", "").headers().firstValue("App")).contains("serving");
  }

  @Test
  void allThatIsAskedOfSoundsAndCoversGoesToServing() throws Exception {
    for (String path : List.of("/a/1/2", "/covers/1/64.jpg")) {
      assertThat(send("OPTIONS", path, "").body()).isEqualTo("serving OPTIONS " + path);
    }
    assertThat(send("OPTIONS", "/albums", "").body()).isEqualTo("ingest OPTIONS /albums");
  }

  @Test
  void headersAndStatusPassThrough() throws Exception {
    ingest.createContext(
        "/v1/plays",
        exchange -> {
          exchange.getResponseHeaders().add("WWW-Authenticate", "Bearer");
          exchange
              .getResponseHeaders()
              .add("Echo", exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    HttpResponse<String> answer =
        client.send(
            request("/v1/plays").header("Authorization", "Bearer x").POST(body("{}")).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(answer.headers().firstValue("Echo")).contains("Bearer x");
  }

  @Test
  void theClientsAddressIsTheLastOneWhateverItSaysItself() throws Exception {
    serving.createContext(
        "/from",
        exchange ->
            answer(
                exchange,
                200,
                String.join(", ", exchange.getRequestHeaders().get("X-Forwarded-For"))));

    assertThat(send("GET", "/from", "").body()).isEqualTo("127.0.0.1");
    assertThat(
            client
                .send(
                    request("/from").header("X-Forwarded-For", "203.0.113.7").build(),
                    HttpResponse.BodyHandlers.ofString())
                .body())
        .isEqualTo("203.0.113.7, 127.0.0.1");
    // A header that is named in Connection is dropped on the way; not the proxy's own.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /from HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\n"
                      + "Connection: close, x-forwarded-for\r\n\r\n")
                  .getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).endsWith("127.0.0.1");
    }
  }

  @Test
  void aBrowsersQuestionAboutAnOriginGoesToIngestForEveryPath() throws Exception {
    assertThat(send("OPTIONS", "/v1/search", "").body()).isEqualTo("ingest OPTIONS /v1/search");
  }

  @Test
  void aBodyStreamsThroughWithoutBeingHeld() throws Exception {
    SynchronousQueue<Integer> received = new SynchronousQueue<>();
    ingest.createContext(
        "/v1/catalog",
        exchange -> {
          long total = 0;
          try (InputStream in = exchange.getRequestBody()) {
            byte[] first = in.readNBytes(MEGABYTE);
            received.put(first.length);
            total = first.length + in.transferTo(OutputStream.nullOutputStream());
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          answer(exchange, 202, Long.toString(total));
        });
    byte[] megabyte = new byte[MEGABYTE];
    int megabytes = 50;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1/catalog HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(UTF_8));
      for (int i = 0; i < megabytes; i++) {
        out.write((Integer.toHexString(MEGABYTE) + "\r\n").getBytes(UTF_8));
        out.write(megabyte);
        out.write("\r\n".getBytes(UTF_8));
        if (i == 1) {
          out.flush();
          // The app has the first megabyte while the client still holds the other 48.
          assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(MEGABYTE);
        }
      }
      out.write("0\r\n\r\n".getBytes(UTF_8));
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 202")
          .contains(Integer.toString(megabytes * MEGABYTE));
    }
  }

  @Test
  void aClientThatStopsSendingHoldsOnlyWhatFitsBetween() throws Exception {
    // An app that reads nothing: the proxy must stop reading too, or it would hold the body.
    CompletableFuture<Void> release = new CompletableFuture<>();
    ingest.createContext(
        "/v1/catalog",
        exchange -> {
          release.join();
          exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
          answer(exchange, 202, "done");
        });
    long before = Heap.used();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      OutputStream out = socket.getOutputStream();
      int length = 200 * MEGABYTE;
      out.write(
          ("POST /v1/catalog HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                  + "Content-Type: application/x-ndjson\r\nContent-Length: "
                  + length
                  + "\r\n\r\n")
              .getBytes(UTF_8));
      AtomicLong sent = new AtomicLong();
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                byte[] megabyte = new byte[MEGABYTE];
                try {
                  for (int i = 0; i < 200; i++) {
                    out.write(megabyte);
                    sent.addAndGet(MEGABYTE);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              threads);
      long stalledAt = awaitStall(sent);
      assertThat(stalledAt).isLessThan(60L * MEGABYTE);
      assertThat(Heap.used() - before).isLessThan(60L * MEGABYTE);
      release.complete(null);
      sending.get(30, TimeUnit.SECONDS);
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 202");
    }
  }

  @Test
  void aConnectionThatIsKeptTakesLittle() throws Exception {
    int connections = 200;
    List<Socket> kept = new ArrayList<>();
    try {
      long before = Heap.used();
      for (int i = 0; i < connections; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        kept.add(socket);
        for (int request = 0; request < 2; request++) {
          socket
              .getOutputStream()
              .write("GET /who HTTP/1.1\r\nHost: x\r\nMy-Client: 1\r\n\r\n".getBytes(UTF_8));
          readThrough("serving GET /who", socket.getInputStream());
        }
      }
      assertThat((Heap.used() - before) / connections).isLessThan(30_000);
    } finally {
      for (Socket socket : kept) {
        socket.close();
      }
    }
  }

  @Test
  void waitingRequestsHoldNoThread() throws Exception {
    CompletableFuture<Void> release = new CompletableFuture<>();
    serving.createContext(
        "/slow",
        exchange -> {
          release.join();
          answer(exchange, 200, "late");
        });
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(client.sendAsync(request("/slow").build(), HttpResponse.BodyHandlers.ofString()));
    }
    assertThat(send("GET", "/quick", "").statusCode()).isEqualTo(200);
    release.complete(null);
    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      assertThat(each.get(30, TimeUnit.SECONDS).body()).isEqualTo("late");
    }
  }

  @Test
  void whatIsNoHttpIsRefusedAsAProblemToo() throws Exception {
    for (String path : List.of("/v1/albums/%1d", "/" + "x".repeat(20_000))) {
      HttpResponse<String> answer = send("GET", path, "");
      assertThat(answer.statusCode()).isIn(400, 414, 431);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(answer.body()).contains("\"status\":" + answer.statusCode());
    }
  }

  @Test
  void anAppThatIsDownIsAQuick503WithAProblem() throws Exception {
    ingest.stop(0);
    long begin = System.nanoTime();
    HttpResponse<String> answer = send("POST", "/v1/plays", "{}");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(answer.body()).contains("\"status\":503").contains("ingest-api");
    assertThat(send("GET", "/still", "").statusCode()).isEqualTo(200);
  }

  @Test
  void anAppThatComesBackIsUsedAgain() throws Exception {
    assertThat(send("POST", "/v1/plays", "{}").statusCode()).isEqualTo(200);
    int port = ingest.getAddress().getPort();
    ingest.stop(0);
    assertThat(send("POST", "/v1/plays", "{}").statusCode()).isIn(502, 503);
    ingest = app("ingest", port);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    int status = 0;
    while (status != 200 && System.nanoTime() < deadline) {
      status = send("POST", "/v1/plays", "{}").statusCode();
    }
    assertThat(status).isEqualTo(200);
  }

  @Test
  void anAppThatBreaksOffIsA502ThatSaysWhatMayHaveHappened() throws Exception {
    try (ServerSocket broken = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Proxy other =
            new Proxy(
                new InetSocketAddress("127.0.0.1", 0),
                uri(serving),
                URI.create("http://127.0.0.1:" + broken.getLocalPort()))) {
      other.start();
      threads.submit(
          () -> {
            try (Socket socket = broken.accept()) {
              return socket.getInputStream().read();
            }
          });
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + other.port() + "/v1/plays"))
                  .POST(body("{}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(502);
      assertThat(answer.body()).contains("may have been recorded");
    }
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForAWholeOne() {
    serving.createContext(
        "/half",
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write(new byte[500]);
          exchange.getResponseBody().flush();
          throw new IOException("broken off");
        });
    assertThatThrownBy(() -> send("GET", "/half", "")).isInstanceOf(IOException.class);
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    int taken = ingest.getAddress().getPort();
    try (Proxy second =
        new Proxy(new InetSocketAddress("127.0.0.1", taken), uri(serving), uri(ingest))) {
      assertThatThrownBy(second::start).hasMessageContaining(Integer.toString(taken));
    }
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : body(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  private HttpServer app(String name) throws IOException {
    return app(name, Ports.free());
  }

  private HttpServer app(String name, int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 200);
    server.setExecutor(threads);
    HttpHandler echo =
        exchange -> {
          exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
          exchange.getResponseHeaders().add("App", name);
          answer(
              exchange,
              200,
              name + " " + exchange.getRequestMethod() + " " + exchange.getRequestURI());
        };
    server.createContext("/", echo);
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, text.length());
      exchange.getResponseBody().write(text.getBytes(UTF_8));
    }
    exchange.close();
  }

  private static void readThrough(String end, InputStream in) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = in.read();
      assertThat(next).as(read.toString()).isNotNegative();
      read.append((char) next);
    }
  }

  /** Waits until nothing more is sent for half a second; how many bytes were sent till then. */
  private static long awaitStall(AtomicLong sent) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    long last = -1;
    while (sent.get() != last && System.nanoTime() < deadline) {
      last = sent.get();
      TimeUnit.MILLISECONDS.sleep(500);
    }
    return last;
  }

  private static URI uri(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }
}
