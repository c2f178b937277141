package io.downbeat.local.run.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A real HTTP peer that keeps what it is sent, and answers as the API does or as a test tells it
 * to.
 */
public final class RecordingApi implements AutoCloseable {

  /** What is answered instead of 202; a status of 0 breaks the connection. */
  public record Trouble(int status, String retryAfter, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();

  /** What was accepted, in its order. */
  public final ConcurrentLinkedQueue<JsonNode> accepted = new ConcurrentLinkedQueue<>();

  public final ConcurrentLinkedQueue<String> headers = new ConcurrentLinkedQueue<>();

  /** By the number of the request, from 0; null for none. */
  public volatile IntFunction<Trouble> troubles = request -> null;

  /** Rejects the objects that contain this text. */
  public volatile String rejects = "\u0000";

  public volatile long answerMillis = 0;

  public RecordingApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/plays", exchange -> handle(exchange, true));
    server.createContext("/v1/catalog", exchange -> handle(exchange, false));
    server.setExecutor(threads);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public int requests() {
    return requests.get();
  }

  public int mostAtOnce() {
    return mostAtOnce.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange, boolean plays) throws IOException {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      headers.add(
          exchange.getRequestHeaders().getFirst("Authorization")
              + " "
              + exchange.getRequestHeaders().getFirst("Content-Type"));
      Trouble trouble = troubles.apply(requests.getAndIncrement());
      if (trouble == null) {
        // The work of a server, which is what makes requests overlap.
        Thread.sleep(answerMillis);
        answer(exchange, 202, accept(body, plays));
      } else if (trouble.status() != 0) {
        if (trouble.retryAfter() != null) {
          exchange.getResponseHeaders().add("Retry-After", trouble.retryAfter());
        }
        answer(exchange, trouble.status(), trouble.body());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      atOnce.decrementAndGet();
    }
  }

  private String accept(byte[] body, boolean plays) throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    if (plays) {
      Json.MAPPER.readTree(body).forEach(objects::add);
    } else {
      for (String line : new String(body, UTF_8).split("\n", -1)) {
        if (!line.isEmpty()) {
          objects.add(Json.MAPPER.readTree(line));
        }
      }
    }
    List<String> rejected = new ArrayList<>();
    for (int i = 0; i < objects.size(); i++) {
      JsonNode object = objects.get(i);
      if (object.toString().contains(rejects)) {
        rejected.add(
            "{\"%s\":%d,\"field\":\"context.id\",\"value\":\"v\",\"reason\":\"is\\tnot liked\"}"
                .formatted(plays ? "index" : "line", plays ? i : i + 1));
      } else {
        accepted.add(object);
      }
    }
    return "{\"accepted\":%d,\"duplicates\":0,\"rejected_count\":%d,\"rejected\":[%s]}"
        .formatted(objects.size() - rejected.size(), rejected.size(), String.join(",", rejected));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
