package io.downbeat.bench.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DownloadsTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private final SoundFiles files = new SoundFiles(3);
  private final SplittableRandom random = new SplittableRandom(1);
  private HttpServer server;
  private int wrongByte = -1;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    int file = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = 0;
    int end = SoundFiles.BYTES - 1;
    if (range != null) {
      String[] ends = range.substring("bytes=".length()).split("-", 2);
      from = Integer.parseInt(ends[0]);
      end = Integer.parseInt(ends[1]);
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, end, SoundFiles.BYTES));
    }
    byte[] body = new byte[end - from + 1];
    for (int i = 0; i < body.length; i++) {
      body[i] = SoundFiles.at(file, from + i);
    }
    if (wrongByte >= 0) {
      body[wrongByte]++;
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Sender sender() {
    return new Sender() {
      @Override
      public String name() {
        return "server";
      }

      @Override
      public int port() {
        return server.getAddress().getPort();
      }

      @Override
      public String target(int file) {
        return "/" + file;
      }

      @Override
      public double cpuSeconds() {
        return 0;
      }

      @Override
      public long residentBytes() {
        return 0;
      }

      @Override
      public long heapBytes() {
        return 0;
      }
    };
  }

  @Test
  void allBytesOfSegmentsAndFilesAreCounted() throws Exception {
    try (Downloads segments = new Downloads(sender(), 2, () -> files.segment(random));
        Downloads whole = new Downloads(sender(), 1, () -> files.whole(random))) {
      Downloads.Done done = segments.run(SHORT, Duration.ZERO);
      assertThat(done.answers()).isPositive();
      assertThat(done.bytes() % done.answers()).isZero();
      assertThat(whole.run(SHORT, Duration.ZERO).bytes()).isPositive();
      assertThat(segments.run(SHORT, Duration.ZERO).answers()).isPositive();
    }
  }

  @Test
  void whoeverWaitsBetweenDownloadsBeginsOneInItsTime() throws Exception {
    try (Downloads downloads = new Downloads(sender(), 2, () -> files.segment(random))) {
      assertThat(downloads.run(SHORT, Duration.ofHours(1)).answers()).isEqualTo(1);
    }
  }

  @Test
  void aWrongByteIsFound() throws Exception {
    wrongByte = 70_000;
    try (Downloads downloads = new Downloads(sender(), 1, () -> files.segment(random))) {
      assertThatThrownBy(() -> downloads.run(SHORT, Duration.ZERO))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has a wrong byte at");
    }
  }

  @Test
  void anotherRangeThanAskedForIsFound() throws Exception {
    SoundFiles.Part longer = new SoundFiles.Part(0, SoundFiles.BYTES - 10, 20);
    try (Downloads downloads = new Downloads(sender(), 1, () -> longer)) {
      server.removeContext("/");
      server.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-19/5000000");
            exchange.sendResponseHeaders(206, 20);
            exchange.getResponseBody().write(new byte[20]);
            exchange.close();
          });
      assertThatThrownBy(() -> downloads.run(SHORT, Duration.ZERO))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("begins with");
    }
  }
}
