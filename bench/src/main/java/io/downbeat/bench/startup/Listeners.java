package io.downbeat.bench.startup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.bench.machine.HttpConnection;
import io.downbeat.bench.machine.OpenLoop;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** People with accounts who ask where tracks are to be heard. Thread-safe. */
final class Listeners implements OpenLoop.Asked {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration KNOWN_WITHIN = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 200;
  private static final String PASSWORD = "a password of some length";
  private static final int LEAST_START_CHARS = 1_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final int port;
  private final List<JsonNode> sessions = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  /** Signs them up and in; returns when they are known. */
  Listeners(int port, int count) throws IOException, InterruptedException {
    this.port = port;
    try (HttpConnection connection = new HttpConnection(port, PATIENCE)) {
      for (int i = 0; i < count; i++) {
        String who =
            "\"email\":\"listener%d@example.org\",\"password\":\"%s\"".formatted(i, PASSWORD);
        connection.send("POST", "/v1/accounts", "", "{%s,\"name\":\"Listener\"}".formatted(who));
        sessions.add(
            JSON.readTree(
                connection.send(
                    "POST",
                    "/v1/sessions",
                    "",
                    "{%s,\"device\":{\"type\":\"web\",\"name\":\"browser\"}}".formatted(who))));
      }
      for (JsonNode session : sessions) {
        until(
            "A listener is known",
            () -> connection.send("GET", "/v1/me", bearer(session), new byte[0]).status() == 200);
      }
    }
  }

  /** As a page keeps it. */
  String session() {
    return sessions.get(0).toString();
  }

  private static String bearer(JsonNode session) {
    return "Authorization: Bearer " + session.path("access_token").asText() + "\r\n";
  }

  /** Ids of an artist's tracks, once all are found. */
  List<String> tracks(String artist, int count) throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    try (HttpConnection connection = new HttpConnection(port, PATIENCE)) {
      String search =
          "/v1/search?type=track&limit=50&q=" + URLEncoder.encode(artist, StandardCharsets.UTF_8);
      until(
          count + " imported tracks are found",
          () -> {
            ids.clear();
            for (JsonNode hit : JSON.readTree(connection.get(search)).path("hits")) {
              ids.add(hit.at("/track/track_id").asText());
            }
            return ids.size() == count;
          });
    }
    return ids;
  }

  /** The folder of a track's sound, in the store of sounds. */
  String content(String track) throws IOException {
    try (HttpConnection connection = new HttpConnection(port, PATIENCE)) {
      return playback(connection, sessions.get(0), track).path("content").asText();
    }
  }

  private static JsonNode playback(HttpConnection connection, JsonNode session, String track)
      throws IOException {
    String path = "/v1/tracks/" + track + "/playback";
    HttpConnection.Answer answer = connection.send("GET", path, bearer(session), new byte[0]);
    JsonNode json = JSON.readTree(answer.body());
    if (answer.status() != 200
        || json.at("/start/bytes").asText().length() < LEAST_START_CHARS
        || json.at("/start/playlist").asText().isEmpty()) {
      throw new IOException("%s answered %d: %.300s".formatted(path, answer.status(), json));
    }
    return json;
  }

  /** Each connection is another listener's. */
  @Override
  public OpenLoop.Asker connect() throws IOException {
    JsonNode session = sessions.get(next.getAndIncrement() % sessions.size());
    HttpConnection connection = new HttpConnection(port, PATIENCE);
    return new OpenLoop.Asker() {
      @Override
      public void ask(String track) throws IOException {
        playback(connection, session, track);
      }

      @Override
      public void close() throws IOException {
        connection.close();
      }
    };
  }

  private interface Look {
    boolean isThere() throws IOException;
  }

  private static void until(String what, Look look) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
    while (!look.isThere()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("Not within " + KNOWN_WITHIN + ": " + what);
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }
}
