package io.downbeat.local.run.proxy;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The one origin of the API: GET and HEAD go to the serving API, everything else to the ingest API,
 * as the edge does it in production. Bodies of any size stream through; a waiting request holds no
 * thread. Where an app is down it answers 503 with Retry-After.
 *
 * <p>Thread-safe.
 */
public final class Proxy implements AutoCloseable {
  /** Without a byte either way; longer than any app takes to answer. */
  private static final long IDLE_MILLIS = 75_000;

  private static final int THREADS = 12;
  private static final int WAITING_CONNECTIONS = 512;

  /** Further ones wait to be accepted: all of these together leave some of a small heap. */
  private static final int MOST_CONNECTIONS = 2_048;

  private final Server server;
  private final ServerConnector connector;

  public Proxy(InetSocketAddress address, URI serving, URI ingest) {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
    threads.setName("proxy");
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false); // Each answer has that of its app.
    http.setHeaderCacheSize(0); // It would take 100 KB a connection.
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptQueueSize(WAITING_CONNECTIONS);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, server));
    server.setErrorHandler(new Problems());
    server.setHandler(new Forwarding(serving, ingest));
    server.setStopTimeout(1_000);
  }

  public void start() {
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException(
          "Cannot listen on %s:%d: %s"
              .formatted(connector.getHost(), connector.getPort(), e.getMessage()),
          e);
    }
  }

  /** The one that it was given, or the one that it found where that was 0. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Gives requests under way a second. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (TimeoutException e) {
      // Requests that were still waiting have been cut off.
    } catch (Exception e) {
      throw new IllegalStateException("Cannot stop the proxy", e);
    }
  }
}
