package io.downbeat.access.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from: the last address of its way that is not a trusted proxy's. Each proxy
 * appends to {@code X-Forwarded-For} whom it got the request from, so what a client writes there
 * itself stands before its own address and is never looked at. Thread-safe.
 */
public final class ClientAddress {
  private static final String ATTRIBUTE = ClientAddress.class.getName();
  private static final String HEADER = "X-Forwarded-For";
  private static final int IPV6_BITS = 64;

  private final Networks proxies;

  /**
   * @param proxies whose word about where a request comes from is believed
   */
  ClientAddress(Networks proxies) {
    this.proxies = proxies;
  }

  /**
   * Of IPv6 the /64 network, within which one client can have any address. For limits only: it is
   * personal data, and belongs into no log.
   */
  public static String of(Context ctx) {
    String known = ctx.attribute(ATTRIBUTE);
    return known == null ? name(peer(ctx.req())) : known;
  }

  /** Finds it, for {@link #of}. */
  InetAddress find(Context ctx) {
    InetAddress client = find(peer(ctx.req()), Collections.list(ctx.req().getHeaders(HEADER)));
    ctx.attribute(ATTRIBUTE, name(client));
    return client;
  }

  /**
   * @param forwarded values of {@code X-Forwarded-For}, in their order
   */
  InetAddress find(InetAddress peer, List<String> forwarded) {
    InetAddress client = peer;
    String way = String.join(",", forwarded);
    int end = way.length();
    while (end > 0 && proxies.contains(client)) {
      int comma = way.lastIndexOf(',', end - 1);
      InetAddress before = Networks.address(way.substring(comma + 1, end));
      if (before == null) {
        break;
      }
      client = before;
      end = comma;
    }
    return client;
  }

  static String name(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return address.getHostAddress();
    }
    return of(Networks.masked(bytes, IPV6_BITS)).getHostAddress() + "/" + IPV6_BITS;
  }

  private static InetAddress peer(HttpServletRequest request) {
    @Nullable String text = request.getRemoteAddr();
    InetAddress peer = text == null ? null : Networks.address(text);
    return peer == null ? of(new byte[4]) : peer; // Whoever has gone away already.
  }

  private static InetAddress of(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new AssertionError("An address has 4 or 16 bytes", e);
    }
  }
}
