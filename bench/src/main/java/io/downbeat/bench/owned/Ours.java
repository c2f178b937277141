package io.downbeat.bench.owned;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.downbeat.bench.machine.HttpConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Owned state as listeners have it: over HTTP, each with a token of their own. Thread-safe. */
final class Ours {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration KNOWN_WITHIN = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 200;
  private static final int SIGN_UPS_AT_ONCE = 2;
  private static final JsonMapper JSON = new JsonMapper();

  private final int ingestPort;
  private final int servingPort;
  private final String key;
  private final AtomicReferenceArray<UUID> users = new AtomicReferenceArray<>(People.ALL);
  private final AtomicReferenceArray<String> tokens = new AtomicReferenceArray<>(People.ALL);
  private final Map<UUID, AtomicLong> signIns = new ConcurrentHashMap<>();
  private final Map<UUID, AtomicLong> follows = new ConcurrentHashMap<>();

  /**
   * @param key of trusted callers
   */
  Ours(int ingestPort, int servingPort, String key) {
    this.key = key;
    this.ingestPort = ingestPort;
    this.servingPort = servingPort;
  }

  /** Signs everyone up and in; returns when both apps know their tokens. */
  void makeAccounts() throws IOException, InterruptedException {
    AtomicLong next = new AtomicLong();
    Loop.run(SIGN_UPS_AT_ONCE, People.ALL, thread -> new SigningUp(next));
    for (int person = 0; person < People.ALL; person++) {
      awaitProfile(person);
    }
  }

  private void awaitProfile(int person) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
    try (HttpConnection connection = new HttpConnection(servingPort, PATIENCE)) {
      while (connection.send("GET", "/v1/me", bearer(person), new byte[0]).status() != 200) {
        if (System.nanoTime() > deadline) {
          throw new IOException("A token is not known within " + KNOWN_WITHIN);
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  /** What was acknowledged, by user. */
  Map<UUID, AtomicLong> signIns() {
    return signIns;
  }

  /** What was acknowledged, by user. */
  Map<UUID, AtomicLong> follows() {
    return follows;
  }

  List<UUID> users() {
    List<UUID> all = new ArrayList<>();
    for (int person = 0; person < People.ALL; person++) {
      all.add(users.get(person));
    }
    return all;
  }

  Loop.Work signIn(int thread) throws IOException {
    return new Connected(ingestPort) {
      private int turn;

      @Override
      public long once() throws IOException {
        return signIn(connection, People.next(thread, turn++));
      }
    };
  }

  Loop.Work follow(int thread) throws IOException {
    return new Connected(ingestPort) {
      private int turn;

      @Override
      public long once() throws IOException {
        int person = People.next(thread, turn++);
        String path = "/v1/me/following/artists/" + UUID.randomUUID();
        ok(path, connection.send("PUT", path, bearer(person), new byte[0]));
        long answered = System.nanoTime();
        acknowledged(follows, person);
        return answered;
      }
    };
  }

  Loop.Work profile(int thread) throws IOException {
    return new Connected(servingPort) {
      private int turn;

      @Override
      public long once() throws IOException {
        int person = People.next(thread, turn++);
        ok("/v1/me", connection.send("GET", "/v1/me", bearer(person), new byte[0]));
        return System.nanoTime();
      }
    };
  }

  /** As a trusted caller reads it, without a token. */
  Loop.Work profileTrusted(int thread) throws IOException {
    return new Connected(servingPort) {
      private int turn;

      @Override
      public long once() throws IOException {
        UUID user = users.get(People.next(thread, turn++));
        String headers = "Authorization: Bearer " + key + "\r\nDownbeat-User: " + user + "\r\n";
        ok("/v1/me", connection.send("GET", "/v1/me", headers, new byte[0]));
        return System.nanoTime();
      }
    };
  }

  /** What serving-api answers without asking anyone: what HTTP alone costs. */
  Loop.Work http(int thread) throws IOException {
    return new Connected(servingPort) {
      @Override
      public long once() throws IOException {
        ok("http", connection.send("GET", "/v1/demo/listeners", "", new byte[0]));
        return System.nanoTime();
      }
    };
  }

  private long signIn(HttpConnection connection, int person) throws IOException {
    byte[] answer =
        connection.send(
            "POST",
            "/v1/sessions",
            "",
            """
            {"email":"%s","password":"%s","device":{"device_id":"%s","type":"mobile","name":"phone"}}
            """
                .formatted(People.email(person), People.PASSWORD, People.device(person)));
    long answered = System.nanoTime();
    JsonNode session = JSON.readTree(answer);
    users.set(person, UUID.fromString(session.get("user_id").asText()));
    tokens.set(person, session.get("access_token").asText());
    acknowledged(signIns, person);
    return answered;
  }

  private void acknowledged(Map<UUID, AtomicLong> counts, int person) {
    counts.computeIfAbsent(users.get(person), absent -> new AtomicLong()).incrementAndGet();
  }

  private String bearer(int person) {
    return "Authorization: Bearer " + tokens.get(person) + "\r\n";
  }

  private static void ok(String path, HttpConnection.Answer answer) throws IOException {
    if (answer.status() != 200) {
      throw new IOException(
          "%s answered %d: %s"
              .formatted(
                  path,
                  answer.status(),
                  new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8)));
    }
  }

  private abstract static class Connected implements Loop.Work {
    protected final HttpConnection connection;

    Connected(int port) throws IOException {
      connection = new HttpConnection(port, PATIENCE);
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  private final class SigningUp extends Connected {
    private final AtomicLong next;

    SigningUp(AtomicLong next) throws IOException {
      super(ingestPort);
      this.next = next;
    }

    @Override
    public long once() throws IOException {
      int person = (int) next.getAndIncrement();
      connection.send(
          "POST",
          "/v1/accounts",
          "",
          """
          {"email":"%s","password":"%s","name":"Listener %d","country":"SE"}
          """
              .formatted(People.email(person), People.PASSWORD, person));
      return signIn(connection, person);
    }
  }
}
