package org.gpumarket.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.List;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachTest {
  private static final NodeId NODE = SigningKey.generate(new SecureRandom()).nodeId();

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, PUBLIC",
    "172.15.255.255, PUBLIC",
    "172.16.0.1, LOCAL",
    "10.1.2.3, LOCAL",
    "100.64.0.1, LOCAL",
    "169.254.169.254, LOCAL",
    "192.168.1.1, LOCAL",
    "127.0.0.1, LOOPBACK",
    "0.1.2.3, NOWHERE",
    "192.0.2.1, NOWHERE",
    "198.51.100.1, NOWHERE",
    "203.0.113.1, NOWHERE",
    "224.0.0.1, NOWHERE",
    "240.0.0.1, NOWHERE",
    "255.255.255.255, NOWHERE",
    "2a00:1450::1, PUBLIC",
    "::1, LOOPBACK",
    "::, NOWHERE",
    "fd00::1, LOCAL",
    "fe80::1, LOCAL",
    "fec0::1, LOCAL",
    "ff02::1, NOWHERE",
    "2001:db8::1, NOWHERE",
    "3fff::1, NOWHERE",
    "2001:10::1, NOWHERE",
    "4000::1, NOWHERE"
  })
  void anAddressLeadsWhereTheRegistriesSay(String text, Reach reach) {
    assertThat(Reach.of(InetAddress.ofLiteral(text))).isEqualTo(reach);
  }

  @ParameterizedTest
  @CsvSource({
    "::127.0.0.1, LOOPBACK",
    "::10.0.0.1, LOCAL",
    "::8.8.8.8, PUBLIC",
    "::ffff:127.0.0.1, LOOPBACK",
    "::ffff:0:10.0.0.1, LOCAL",
    "64:ff9b::192.168.1.1, LOCAL",
    "64:ff9b::8.8.8.8, PUBLIC",
    "64:ff9b:1::8.8.8.8, LOCAL",
    "2002:7f00:1::1, LOOPBACK",
    "2002:c0a8:101::1, LOCAL",
    "2002:808:808::1, PUBLIC",
    "2001:0:808:808::f5ff:fffe, LOCAL",
    "2001:0:808:808::f7f7:f7f7, PUBLIC",
    "2a00:1450::5efe:10.0.0.1, LOCAL",
    "2a00:1450::200:5efe:192.168.1.1, LOCAL"
  })
  void anAddressOfIpv4InsideOneOfIpv6Decides(String text, Reach reach) {
    assertThat(Reach.of(InetAddress.ofLiteral(text))).isEqualTo(reach);
  }

  @Test
  void whatReadsAsANumberAsksNobody() {
    AddressPolicy nobodyAsked =
        AddressPolicy.like(
            List.of(),
            host -> {
              throw new UnknownHostException(host + " was looked up");
            });

    for (String text : List.of("2130706433:1", "127.1:1", "0x7f.0x1:1", "999.1.1.1:1", "[x:1]:1")) {
      assertThat(nobodyAsked.mayPassOn(parsed(text))).as(text).isFalse();
    }
    assertThat(nobodyAsked.mayPassOn(HostPort.parse("rig.example:1"))).isTrue();
    assertThatThrownBy(() -> nobodyAsked.dialable(NODE, HostPort.parse("rig.example:1")))
        .hasMessageContaining("looked up");
  }

  @Test
  void ofTheAddressesBehindANameOnlyThoseAllowedAreDialled() throws Exception {
    AddressPolicy policy =
        AddressPolicy.like(
            List.of(),
            _ -> List.of(InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("8.8.8.8")));

    assertThat(policy.dialable(NODE, HostPort.parse("rig.example:1")))
        .containsExactly(InetAddress.ofLiteral("8.8.8.8"));
  }

  private static HostPort parsed(String text) {
    return new HostPort(text.substring(0, text.lastIndexOf(':')).replaceAll("[\\[\\]]", ""), 1);
  }
}
