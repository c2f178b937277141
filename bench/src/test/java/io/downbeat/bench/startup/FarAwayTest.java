package io.downbeat.bench.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FarAwayTest {
  private static final int PATIENCE_MILLIS = 20_000;

  private ServerSocket echo;
  private FarAway far;

  @BeforeEach
  void listen() throws Exception {
    echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    far = new FarAway(echo.getLocalPort());
    Thread answering = new Thread(this::answer);
    answering.setDaemon(true);
    answering.start();
  }

  private void answer() {
    try (Socket connection = echo.accept()) {
      connection.getInputStream().transferTo(connection.getOutputStream());
    } catch (IOException e) {
      // The test is over.
    }
  }

  @AfterEach
  void close() throws Exception {
    far.close();
    echo.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), far.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static long millisOfOneByte(Socket socket) throws IOException {
    long start = System.nanoTime();
    socket.getOutputStream().write(42);
    assertThat(socket.getInputStream().read()).isEqualTo(42);
    return (System.nanoTime() - start) / 1_000_000;
  }

  @Test
  void anAnswerTakesARoundTripAndTheFirstOneOfAConnectionTwo() throws Exception {
    far.roundTrip(Duration.ofMillis(100));
    try (Socket socket = connect()) {
      assertThat(millisOfOneByte(socket)).isGreaterThanOrEqualTo(198);
      assertThat(millisOfOneByte(socket)).isGreaterThanOrEqualTo(99).isLessThan(198);
    }
  }

  @Test
  void manyBytesArriveWholeInOrderAndWithTheirEnd() throws Exception {
    far.roundTrip(Duration.ofMillis(10));
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes);
      assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }
  }

  @Test
  void whereTheServerEndsTheConnectionTheClientSeesIt() throws Exception {
    try (Socket socket = connect()) {
      millisOfOneByte(socket);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}
