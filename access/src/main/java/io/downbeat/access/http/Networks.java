package io.downbeat.access.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A set of IP networks such as {@code 10.0.0.0/8}. Immutable. It asks no name server. */
final class Networks {
  /** Of IPv4 exactly; of IPv6 what has a colon and no other letters, which is never a name. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}"
              + "|(?=[^:]*:)[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");

  private record Network(byte[] first, int bits) {
    boolean contains(byte[] address) {
      return address.length == first.length && Arrays.equals(masked(address, bits), first);
    }
  }

  private final List<Network> networks;

  private Networks(List<Network> networks) {
    this.networks = networks;
  }

  /**
   * @param networks each an address, alone or with the length of its prefix
   * @throws IllegalArgumentException naming the one that is none
   */
  static Networks of(List<String> networks) {
    return new Networks(networks.stream().map(Networks::network).toList());
  }

  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return networks.stream().anyMatch(network -> network.contains(bytes));
  }

  /** The address of a literal, which may stand in brackets or before a port; else null. */
  static @Nullable InetAddress address(String text) {
    String host = host(text.strip());
    if (!LITERAL.matcher(host).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(host); // Only names are looked up.
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static String host(String text) {
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      return end < 0 ? "" : withoutZone(text.substring(1, end));
    }
    int colon = text.indexOf(':');
    boolean port = colon >= 0 && colon == text.lastIndexOf(':');
    return port ? text.substring(0, colon) : withoutZone(text);
  }

  private static String withoutZone(String host) {
    int zone = host.indexOf('%');
    return zone < 0 ? host : host.substring(0, zone);
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
    if (address != null) {
      int most = 8 * address.getAddress().length;
      int bits = slash < 0 ? most : bits(text.substring(slash + 1));
      if (bits >= 0 && bits <= most) {
        return new Network(masked(address.getAddress(), bits), bits);
      }
    }
    throw new IllegalArgumentException(
        "Cannot use '%s': expected an IP address, or a network such as 10.0.0.0/8".formatted(text));
  }

  private static int bits(String text) {
    return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
  }

  /** The first address of the network that this one is in. */
  static byte[] masked(byte[] address, int bits) {
    byte[] first = new byte[address.length];
    for (int i = 0; i < first.length; i++) {
      int kept = Math.max(0, Math.min(8, bits - 8 * i));
      first[i] = (byte) (address[i] & (0xff00 >> kept));
    }
    return first;
  }
}
