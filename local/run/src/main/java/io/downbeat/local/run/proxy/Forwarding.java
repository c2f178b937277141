package io.downbeat.local.run.proxy;

import static io.downbeat.local.run.proxy.Problems.unavailable;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Chooses the app by the method; answers in its place, as problem+json, where it can't be reached.
 */
final class Forwarding extends ProxyHandler {
  private static final int THREADS = 8;

  /** A listener on a slow line holds one for as long as a segment takes. */
  private static final int CONNECTIONS_PER_APP = 4_096;

  private static final int WAITING_PER_APP = 1_024;

  /** An app that is down refuses at once; this is for a machine that stands still for seconds. */
  private static final long CONNECT_MILLIS = 10_000;

  /**
   * Less than an app keeps an idle connection, so that no request is sent into one that is just
   * being closed.
   */
  private static final long UNUSED_MILLIS = 15_000;

  /** For an answer, or for the next bytes of one; longer than any app's own limit. */
  private static final long ANSWER_SECONDS = 60;

  private final URI serving;
  private final URI ingest;

  Forwarding(URI serving, URI ingest) {
    this.serving = serving;
    this.ingest = ingest;
    setViaHost("downbeat");
  }

  @Override
  protected HttpClient newHttpClient() {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("proxy-client");
    ClientConnector connector = new ClientConnector();
    connector.setExecutor(threads);
    connector.setSelectors(1);
    return new HttpClient(new HttpClientTransportDynamic(connector));
  }

  @Override
  protected void configureHttpClient(HttpClient client) {
    super.configureHttpClient(client);
    client.setConnectTimeout(CONNECT_MILLIS);
    client.setIdleTimeout(UNUSED_MILLIS);
    client.setMaxConnectionsPerDestination(CONNECTIONS_PER_APP);
    client.setMaxRequestsQueuedPerDestination(WAITING_PER_APP);
    client.setUserAgentField(null);
  }

  @Override
  protected HttpURI rewriteHttpURI(Request request) {
    URI app = isServed(request) ? serving : ingest;
    return HttpURI.build(request.getHttpURI())
        .scheme(app.getScheme())
        .host(app.getHost())
        .port(app.getPort());
  }

  @Override
  protected org.eclipse.jetty.client.Request newProxyToServerRequest(
      Request request, HttpURI target) {
    return super.newProxyToServerRequest(request, target)
        .idleTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * The last address is the one that this proxy saw itself, and the only one that the apps believe.
   */
  @Override
  protected void addProxyHeaders(Request request, org.eclipse.jetty.client.Request forwarded) {
    super.addProxyHeaders(request, forwarded);
    String client = Request.getRemoteAddr(request);
    forwarded.headers(headers -> headers.add(HttpHeader.X_FORWARDED_FOR, client));
  }

  @Override
  protected void onServerToProxyResponseFailure(
      Request request,
      org.eclipse.jetty.client.Request forwarded,
      org.eclipse.jetty.client.Response answer,
      Response response,
      Callback callback,
      Throwable failure) {
    if (response.isCommitted()) {
      // Half an answer can only be cut off, so that it isn't taken for a whole one.
      callback.failed(failure);
      return;
    }
    String app = isServed(request) ? "serving-api" : "ingest-api";
    if (failure instanceof ConnectException) {
      unavailable(response, callback, 503, app + " is not running; ./downbeat status says more.");
    } else if (failure instanceof SocketTimeoutException) {
      unavailable(
          response,
          callback,
          503,
          app + " took no connection in time; ./downbeat status says more.");
    } else if (failure instanceof RejectedExecutionException) {
      unavailable(response, callback, 503, "Too many requests wait for " + app + ".");
    } else if (failure instanceof TimeoutException) {
      unavailable(response, callback, 504, app + " did not answer in time." + outcome(request));
    } else {
      unavailable(
          response, callback, 502, app + " broke off before it answered." + outcome(request));
    }
  }

  /** Sound is serving's altogether, with what a browser asks before it asks for a range. */
  private static boolean isServed(Request request) {
    String path = request.getHttpURI().getPath();
    return reads(request) || path.startsWith("/a/") || path.startsWith("/covers/");
  }

  private static boolean reads(Request request) {
    return HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
  }

  private static String outcome(Request request) {
    return reads(request)
        ? ""
        : " What was sent may have been recorded; sending it again with the same ids is safe.";
  }
}
