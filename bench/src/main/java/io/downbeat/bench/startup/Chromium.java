package io.downbeat.bench.startup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A headless Chromium, driven over its DevTools protocol. It ends with this JVM, if not before. One
 * thread uses it.
 */
final class Chromium implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 20;
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();

  /** Empty where there is none on the PATH. */
  static Optional<Path> find() {
    String path = System.getenv("PATH");
    return NAMES.stream()
        .flatMap(
            name ->
                Stream.of((path == null ? "" : path).split(File.pathSeparator, -1))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * @param home of its own, for its files and what it says
   */
  Chromium(Path program, Path home) throws IOException, InterruptedException {
    Files.createDirectories(home);
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--mute-audio",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-background-timer-throttling",
                "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding",
                "--remote-debugging-port=0",
                "--user-data-dir=" + home.toAbsolutePath(),
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "stop-chromium"));
    Path port = home.resolve("DevToolsActivePort");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        end();
        throw new IOException(
            program + " doesn't start: " + Files.readString(home.resolve("log")).strip());
      }
      Thread.sleep(LOOK_MILLIS);
    }
    List<String> lines = Files.readAllLines(port);
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)), new Listening())
            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .join();
  }

  private final class Listening implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        answered(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  private void answered(String text) {
    try {
      JsonNode message = JSON.readTree(text);
      CompletableFuture<JsonNode> call = calls.remove(message.path("id").asInt());
      if (call == null) {
        return; // An event.
      }
      if (message.has("error")) {
        call.completeExceptionally(new IOException(message.path("error").toString()));
      } else {
        call.complete(message.path("result"));
      }
    } catch (IOException e) {
      calls.values().forEach(call -> call.completeExceptionally(e));
    }
  }

  private JsonNode call(String session, String method, Map<String, ?> parameters)
      throws IOException, InterruptedException {
    ObjectNode message = JSON.createObjectNode();
    int id = ids.incrementAndGet();
    message.put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    socket.sendText(message.toString(), true);
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(method + ": " + e.getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException(method + " is not answered within " + PATIENCE, e);
    } finally {
      calls.remove(id);
    }
  }

  /** A page in a window of its own, so that none is in the background. */
  Page open(String url) throws IOException, InterruptedException {
    String target =
        call("", "Target.createTarget", Map.of("url", "about:blank", "newWindow", true))
            .path("targetId")
            .asText();
    String session =
        call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .path("sessionId")
            .asText();
    Page page = new Page(session);
    call(session, "Network.enable", Map.of());
    call(session, "Network.setCacheDisabled", Map.of("cacheDisabled", true));
    page.go(url);
    return page;
  }

  /** A page that keeps nothing of what it has fetched. */
  final class Page {
    private final String session;

    Page(String session) {
      this.session = session;
    }

    /** Returns when the page and all that it loads by itself are there. */
    void go(String url) throws IOException, InterruptedException {
      call(session, "Page.navigate", Map.of("url", url));
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!evaluate("document.readyState + ' ' + location.href")
          .asText()
          .startsWith("complete " + url)) {
        if (System.nanoTime() > deadline) {
          throw new IOException(url + " is not loaded within " + PATIENCE);
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }

    /** The value of an expression, once it is there. */
    JsonNode evaluate(String expression) throws IOException, InterruptedException {
      JsonNode answer =
          call(
              session,
              "Runtime.evaluate",
              Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
      if (answer.has("exceptionDetails")) {
        JsonNode details = answer.path("exceptionDetails");
        throw new IOException(
            details
                .at("/exception/description")
                .asText(details.at("/exception/value").asText(details.path("text").asText())));
      }
      return answer.path("result").path("value");
    }

    /** As a mouse does it. */
    void click(int x, int y) throws IOException, InterruptedException {
      call(session, "Page.bringToFront", Map.of());
      for (String type : List.of("mousePressed", "mouseReleased")) {
        call(
            session,
            "Input.dispatchMouseEvent",
            Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
      }
    }
  }

  private void end() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Override
  public void close() {
    end();
    process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }
}
