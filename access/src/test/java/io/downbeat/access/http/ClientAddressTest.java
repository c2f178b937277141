package io.downbeat.access.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClientAddressTest {
  private final ClientAddress addresses =
      new ClientAddress(Networks.of(List.of("127.0.0.0/8", "::1", "10.1.0.0/16", "2001:db8::/32")));

  @Test
  void withoutAProxyItIsTheConnectionsOwnWhateverTheHeaderSays() throws Exception {
    assertThat(client("203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(client("203.0.113.7", "127.0.0.1")).isEqualTo("203.0.113.7");
    assertThat(client("203.0.113.7", "198.51.100.1, 10.1.2.3")).isEqualTo("203.0.113.7");
  }

  @Test
  void behindProxiesItIsTheLastAddressThatIsNoneOfThem() throws Exception {
    assertThat(client("127.0.0.1", "203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(client("10.1.255.1", "203.0.113.7, 10.1.2.3")).isEqualTo("203.0.113.7");
    assertThat(client("10.1.0.1", "203.0.113.7,10.1.2.3", " 127.0.0.1 ")).isEqualTo("203.0.113.7");
    assertThat(client("2001:db8::5", "203.0.113.7")).isEqualTo("203.0.113.7");
  }

  @Test
  void whatAClientWritesThereStandsBeforeItsOwnAddressAndIsNotLookedAt() throws Exception {
    assertThat(client("127.0.0.1", "127.0.0.1, 203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(client("127.0.0.1", "198.51.100.1", "203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(client("127.0.0.1", "unknown,,;, 203.0.113.7")).isEqualTo("203.0.113.7");
  }

  @Test
  void whatIsNoAddressEndsTheSearchAtTheProxyThatSaidIt() throws Exception {
    for (String junk :
        List.of(
            "unknown",
            "",
            " ",
            "localhost",
            "1.2.3",
            "1.2.3.256",
            "::g",
            "[::1",
            "01.2.3.4",
            ":",
            "a:b")) {
      assertThat(client("10.1.0.1", "198.51.100.1, " + junk)).as(junk).isEqualTo("10.1.0.1");
    }
    assertThat(client("10.1.0.1")).isEqualTo("10.1.0.1");
  }

  @Test
  void aWayOfProxiesOnlyStartsAtTheFirstOfThem() throws Exception {
    assertThat(client("127.0.0.1", "10.1.0.9, 127.0.0.1")).isEqualTo("10.1.0.9");
  }

  @Test
  void portsAndBracketsAreLeftOut() throws Exception {
    assertThat(client("127.0.0.1", "203.0.113.7:5000")).isEqualTo("203.0.113.7");
    assertThat(client("127.0.0.1", "[2001:dead:0:1::9]:5000"))
        .isEqualTo("2001:dead:0:1:0:0:0:0/64");
    assertThat(client("127.0.0.1", "fe80::1%eth0")).isEqualTo("fe80:0:0:0:0:0:0:0/64");
  }

  @Test
  void ofIpv6The64BitsOfItsNetworkCount() throws Exception {
    assertThat(client("2001:dead:0:1::1")).isEqualTo(client("2001:dead:0:1:ffff:ffff:ffff:ffff"));
    assertThat(client("2001:dead:0:1::1")).isNotEqualTo(client("2001:dead:0:2::1"));
    assertThat(client("::ffff:203.0.113.7")).isEqualTo("203.0.113.7");
  }

  @Test
  void prefixesNeedNotEndWithAByte() throws Exception {
    Networks networks = Networks.of(List.of("192.168.16.0/20", "2001:db8:8000::/33", "0.0.0.0/32"));
    assertThat(networks.contains(InetAddress.getByName("192.168.31.255"))).isTrue();
    assertThat(networks.contains(InetAddress.getByName("192.168.32.0"))).isFalse();
    assertThat(networks.contains(InetAddress.getByName("2001:db8:8fff::1"))).isTrue();
    assertThat(networks.contains(InetAddress.getByName("2001:db8:7fff::1"))).isFalse();
    assertThat(networks.contains(InetAddress.getByName("0.0.0.1"))).isFalse();
    assertThat(Networks.of(List.of("0.0.0.0/0")).contains(InetAddress.getByName("8.8.8.8")))
        .isTrue();
  }

  @Test
  void whatIsNoNetworkIsRefusedByName() {
    for (String junk :
        List.of("proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "")) {
      assertThatThrownBy(() -> Networks.of(List.of(junk)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + junk + "'");
    }
  }

  private String client(String peer, String... forwarded) throws UnknownHostException {
    return ClientAddress.name(addresses.find(InetAddress.getByName(peer), List.of(forwarded)));
  }
}
