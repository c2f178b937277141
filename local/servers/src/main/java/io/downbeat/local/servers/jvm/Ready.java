package io.downbeat.local.servers.jvm;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;

/** How a child JVM shows that it is ready. */
public sealed interface Ready {
  /** A line of its output, since this start, contains {@code text}. */
  record LogLine(String text) implements Ready {}

  /** It accepts connections at this address. */
  record Listens(InetSocketAddress address) implements Ready {
    /** On this port of 127.0.0.1. */
    public Listens(int port) {
      this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
  }

  /** It answers {@code request} with a 2xx status. */
  record Answers(HttpRequest request) implements Ready {}

  /** It answers a GET of {@code uri} with a 2xx status. */
  static Ready answers(URI uri) {
    return new Answers(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build());
  }
}
