package io.downbeat.access.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In the buffers are zeros and in the file ones, which tells what was sent. */
class SendfileEndPointTest {
  private static final int LENGTH = 5_000_000;
  private static final byte[] ZEROS = new byte[LENGTH];

  @TempDir Path folder;

  private final Server server = new Server();
  private FileChannel file;
  private int port;

  @BeforeEach
  void start() throws Exception {
    byte[] ones = new byte[LENGTH];
    Arrays.fill(ones, (byte) 1);
    Path path = Files.write(folder.resolve("ones"), ones);
    file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ServerConnector connector =
        Guard.open()
            .connector(server, new HttpConfiguration(), "127.0.0.1", 0, Duration.ofSeconds(20));
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            int length = Integer.parseInt(request.getHttpURI().getQuery());
            ByteBuffer buffer = ByteBuffer.wrap(ZEROS, 0, length).slice();
            if (request.getHttpURI().getPath().equals("/file")) {
              SendfileEndPoint.isOf(request, buffer, file, LENGTH - length);
            }
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
            response.write(true, buffer, callback);
            return true;
          }
        });
    server.start();
    port = connector.getLocalPort();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    file.close();
  }

  private Socket ask(String... targets) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10_000);
    StringBuilder requests = new StringBuilder();
    for (String target : targets) {
      requests.append("GET ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  private static int ones(byte[] bytes) {
    int ones = 0;
    for (byte each : bytes) {
      ones += each;
    }
    return ones;
  }

  @Test
  void theKernelSendsAllButTheFirstBytesWhichGoWithTheHead() throws Exception {
    try (Socket socket = ask("/file?" + LENGTH)) {
      assertThat(head(socket.getInputStream())).contains("Content-Length: " + LENGTH);
      byte[] bytes = socket.getInputStream().readNBytes(LENGTH);
      assertThat(bytes).hasSize(LENGTH);
      assertThat(ones(bytes)).isEqualTo(LENGTH - (16 << 10));
      assertThat(bytes[LENGTH - 1]).isEqualTo((byte) 1);
    }
  }

  @Test
  void answersOfOneConnectionAreEachFromWhereTheyAre() throws Exception {
    try (Socket socket = ask("/file?100000", "/memory?100000", "/file?1000", "/file?200000")) {
      InputStream in = socket.getInputStream();
      int[] ones = new int[4];
      int[] lengths = {100_000, 100_000, 1_000, 200_000};
      for (int i = 0; i < lengths.length; i++) {
        head(in);
        ones[i] = ones(in.readNBytes(lengths[i]));
      }
      assertThat(ones).as("little is not worth it").containsExactly(83_616, 0, 0, 183_616);
    }
  }

  @Test
  void whatIsBeingSentGoesOnFromMemoryWhenTheFileIsClosed() throws Exception {
    try (Socket socket = ask("/file?" + LENGTH)) {
      InputStream in = socket.getInputStream();
      head(in);
      in.readNBytes(100_000);
      file.close();
      byte[] rest = in.readNBytes(LENGTH - 100_000);
      assertThat(rest).hasSize(LENGTH - 100_000);
      assertThat(ones(rest)).isBetween(1, LENGTH / 2 + LENGTH / 4);
      assertThat(rest[rest.length - 1]).isEqualTo((byte) 0);
    }
  }

  @Test
  void aFileThatWasCutShortEndsTheConnectionAndKeepsNobodyBusy() throws Exception {
    file.truncate(LENGTH - 1_000);
    try (Socket socket = ask("/file?" + LENGTH)) {
      InputStream in = socket.getInputStream();
      head(in);
      assertThat(in.readNBytes(LENGTH)).hasSize(LENGTH - 1_000);
      assertThat(in.read()).isEqualTo(-1);
    }
  }
}
