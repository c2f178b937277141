package io.downbeat.local.servers.jvm;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;

/** How a child JVM shows that it is ready. */
public sealed interface Ready {
  /** A line of its output, since this start, contains {@code text}. */
  record LogLine(String text) implements Ready {}

  /** It accepts connections on this port of 127.0.0.1. */
  record Listens(int port) implements Ready {}

  /** It answers {@code request} with a 2xx status. */
  record Answers(HttpRequest request) implements Ready {}

  /** It answers a GET of {@code uri} with a 2xx status. */
  static Ready answers(URI uri) {
    return new Answers(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build());
  }
}
