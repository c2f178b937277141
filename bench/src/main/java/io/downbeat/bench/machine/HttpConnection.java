package io.downbeat.bench.machine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;

/**
 * One HTTP/1.1 connection that is kept, with as little work as that takes, so that the client takes
 * little of the machine. Not thread-safe.
 */
public final class HttpConnection implements Closeable {
  private static final int MOST_ANSWER_BYTES = 64 << 20;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  public record Answer(int status, byte[] body) {}

  public HttpConnection(int port, Duration patience) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) patience.toMillis());
    in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
    out = socket.getOutputStream();
  }

  public byte[] get(String target) throws IOException {
    return ok("GET " + target, send("GET", target, "", new byte[0]));
  }

  public byte[] send(String method, String target, String headers, String json) throws IOException {
    byte[] body = json.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return ok(
        method + " " + target,
        send(method, target, headers + "Content-Type: application/json\r\n", body));
  }

  private static byte[] ok(String what, Answer answer) throws IOException {
    if (answer.status() / 100 != 2) {
      String body = new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8);
      throw new IOException(
          "%s answered %d: %s"
              .formatted(what, answer.status(), body.substring(0, Math.min(body.length(), 500))));
    }
    return answer.body();
  }

  /**
   * @param headers each with its line's end
   */
  public Answer send(String method, String target, String headers, byte[] body) throws IOException {
    byte[] head =
        (method
                + " "
                + target
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + headers
                + (body.length > 0 ? "Content-Length: " + body.length + "\r\n" : "")
                + "\r\n")
            .getBytes(ISO_8859_1);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    out.write(request);
    int status = Integer.parseInt(line().split(" ")[1]);
    int length = 0;
    boolean chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = bounded(Long.parseLong(line.substring(15).strip()));
      }
      chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
    }
    return new Answer(status, chunked ? chunks() : exactly(length));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      int length = bounded(Long.parseLong(line().split(";")[0].strip(), 16));
      if (length == 0) {
        while (!line().isEmpty()) {
          // Trailers.
        }
        return all.toByteArray();
      }
      all.write(exactly(length));
      bounded(all.size());
      line();
    }
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException(
          "The answer ended after %d of %d bytes".formatted(bytes.length, length));
    }
    return bytes;
  }

  private static int bounded(long length) throws IOException {
    if (length < 0 || length > MOST_ANSWER_BYTES) {
      throw new IOException(
          "An answer of %d bytes: at most %d".formatted(length, MOST_ANSWER_BYTES));
    }
    return (int) length;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("The connection ended");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
