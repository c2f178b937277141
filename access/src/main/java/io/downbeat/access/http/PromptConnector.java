package io.downbeat.access.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which the line and headers of a request take too long, however steadily
 * they trickle in. Jetty alone bounds only the silence between two bytes. Needs no timer: who
 * trickles wakes it up, and who is silent is idle.
 */
final class PromptConnector extends ServerConnector {
  private final long nanos;

  PromptConnector(Server server, HttpConnectionFactory http, Duration head) {
    super(server, 1, 1, http);
    this.nanos = head.toNanos();
  }

  /** The request's line and headers are there. */
  static void arrived(Request request) {
    if (request.getConnectionMetaData().getConnection().getEndPoint()
        instanceof Prompt connection) {
      connection.under(request);
    }
  }

  @Override
  protected SocketChannelEndPoint newEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key) {
    SocketChannelEndPoint connection = new Prompt(channel, selector, key, getScheduler(), nanos);
    connection.setIdleTimeout(getIdleTimeout());
    return connection;
  }

  private static final class Prompt extends SendfileEndPoint {
    private final long most;
    private volatile @Nullable Request under;
    private volatile boolean begun;
    private volatile long began;

    Prompt(
        SocketChannel channel,
        ManagedSelector selector,
        SelectionKey key,
        Scheduler scheduler,
        long most) {
      super(channel, selector, key, scheduler);
      this.most = most;
    }

    /** Until it is answered, what comes in is its body. */
    void under(Request request) {
      under = request;
      begun = false;
      Request.addCompletionListener(
          request,
          failure -> {
            if (under == request) { // The next one may be here already.
              under = null;
            }
          });
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
      int filled = super.fill(buffer);
      if (filled > 0 && under == null) {
        if (!begun) {
          began = System.nanoTime();
          begun = true;
        } else if (System.nanoTime() - began > most) {
          close();
          return -1;
        }
      }
      return filled;
    }
  }
}
