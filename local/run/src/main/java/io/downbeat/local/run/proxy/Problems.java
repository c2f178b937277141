package io.downbeat.local.run.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What the proxy itself has to say: problem+json, with the headers that protect a browser. */
final class Problems extends ErrorHandler {
  private static final HttpFields SAFE =
      HttpFields.from(
          field("Content-Type", "application/problem+json"),
          field("X-Content-Type-Options", "nosniff"),
          field("X-Frame-Options", "DENY"),
          field("Referrer-Policy", "no-referrer"),
          field("Cross-Origin-Resource-Policy", "same-origin"),
          field("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"));

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus() == 0 ? 500 : response.getStatus();
    answer(response, callback, status, "");
    return true;
  }

  /** 502, 503 or 504: it may work a little later. */
  static void unavailable(Response response, Callback callback, int status, String detail) {
    response.reset();
    response.getHeaders().put(HttpHeader.RETRY_AFTER, "2");
    answer(response, callback, status, ",\"detail\":\"%s\"".formatted(detail));
  }

  private static void answer(Response response, Callback callback, int status, String members) {
    response.setStatus(status);
    SAFE.forEach(response.getHeaders()::put);
    ByteBuffer body =
        UTF_8.encode(
            "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d%s}"
                .formatted(HttpStatus.getMessage(status), status, members));
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.remaining());
    response.write(true, body, callback);
  }

  private static HttpField field(String name, String value) {
    return new PreEncodedHttpField(name, value);
  }
}
