package org.gpumarket.node.peer;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where an address leads (IANA's special-purpose address registries, RFC 6890). */
enum Reach {
  PUBLIC,
  LOOPBACK,
  /** Private, unique local and link-local addresses, and carrier-grade NAT. */
  LOCAL,
  /** Multicast, unspecified, broadcast, reserved, documentation: nobody can be there. */
  NOWHERE;

  private static final List<Range> IPV4 =
      List.of(
          range("0.0.0.0", 8, NOWHERE),
          range("10.0.0.0", 8, LOCAL),
          range("100.64.0.0", 10, LOCAL), // carrier-grade NAT, RFC 6598
          range("127.0.0.0", 8, LOOPBACK),
          range("169.254.0.0", 16, LOCAL),
          range("172.16.0.0", 12, LOCAL),
          range("192.0.0.0", 24, NOWHERE), // protocol assignments
          range("192.0.2.0", 24, NOWHERE), // documentation, RFC 5737
          range("192.88.99.0", 24, NOWHERE), // relays of 6to4, RFC 7526
          range("192.168.0.0", 16, LOCAL),
          range("198.18.0.0", 15, LOCAL), // benchmarks, RFC 2544
          range("198.51.100.0", 24, NOWHERE),
          range("203.0.113.0", 24, NOWHERE),
          range("224.0.0.0", 3, NOWHERE)); // multicast, reserved, broadcast

  private static final List<Range> IPV6 =
      List.of(
          range("::1", 128, LOOPBACK),
          range("64:ff9b:1::", 48, LOCAL), // local translation, RFC 8215
          range("fc00::", 7, LOCAL),
          range("fe80::", 9, LOCAL), // link-local, and what was site-local
          range("2001:db8::", 32, NOWHERE), // documentation, RFC 3849
          range("3fff::", 20, NOWHERE), // documentation, RFC 9637
          range("2001::", 23, NOWHERE)); // protocol assignments

  /** Everything that is routed between networks. */
  private static final Range GLOBAL_UNICAST = range("2000::", 3, PUBLIC);

  /** Where IPv6 holds an address of IPv4: the one that packets come out at. */
  private static final List<Embedding> EMBEDDINGS =
      List.of(
          new Embedding(prefix("::", 96), 12, 0), // IPv4-compatible, RFC 4291
          new Embedding(mapped(), 12, 0), // IPv4-mapped, RFC 4291
          new Embedding(prefix("::ffff:0:0:0", 96), 12, 0), // IPv4-translated, RFC 2765
          new Embedding(prefix("64:ff9b::", 96), 12, 0), // translation, RFC 6052
          new Embedding(prefix("2002::", 16), 2, 0), // 6to4, RFC 3056
          new Embedding(prefix("2001::", 32), 12, 0xff)); // Teredo, RFC 4380: inverted

  static Reach of(InetAddress address) {
    return of(address.getAddress());
  }

  private static Reach of(byte[] address) {
    if (address.length == 4) {
      return first(IPV4, address).orElse(PUBLIC);
    }
    if (IPV6.getFirst().prefix().holds(address)) {
      return LOOPBACK;
    }
    for (Embedding embedding : EMBEDDINGS) {
      if (embedding.prefix().holds(address)) {
        return of(embedding.extract(address));
      }
    }
    if (isIsatap(address)) {
      return of(Arrays.copyOfRange(address, 12, 16));
    }
    return first(IPV6, address).orElse(GLOBAL_UNICAST.prefix().holds(address) ? PUBLIC : NOWHERE);
  }

  /** An interface identifier of ISATAP, RFC 5214, section 6.1: 0000:5efe or 0200:5efe. */
  private static boolean isIsatap(byte[] address) {
    return (address[8] & 0xfd) == 0 && address[9] == 0 && address[10] == 0x5e && address[11] == -2;
  }

  private static Optional<Reach> first(List<Range> ranges, byte[] address) {
    return ranges.stream()
        .filter(range -> range.prefix().holds(address))
        .findFirst()
        .map(Range::reach);
  }

  private static Range range(String first, int bits, Reach reach) {
    return new Range(prefix(first, bits), reach);
  }

  private static Prefix prefix(String first, int bits) {
    return new Prefix(InetAddress.ofLiteral(first).getAddress(), bits);
  }

  /** ::ffff:0:0/96, which InetAddress takes for IPv4 when it is written. */
  private static Prefix mapped() {
    byte[] first = new byte[16];
    first[10] = -1;
    first[11] = -1;
    return new Prefix(first, 96);
  }

  private record Range(Prefix prefix, Reach reach) {}

  /** Where in an address another one begins, and what its bytes were combined with. */
  private record Embedding(Prefix prefix, int offset, int mask) {
    byte[] extract(byte[] address) {
      byte[] inner = Arrays.copyOfRange(address, offset, offset + 4);
      for (int i = 0; i < inner.length; i++) {
        inner[i] ^= (byte) mask;
      }
      return inner;
    }
  }

  /** The first bits of an address. */
  private static final class Prefix {
    private final byte[] first;
    private final int bits;

    Prefix(byte[] first, int bits) {
      this.first = first;
      this.bits = bits;
    }

    boolean holds(byte[] address) {
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> bit % 8;
        if ((address[bit / 8] & mask) != (first[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
