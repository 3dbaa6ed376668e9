package org.gpumarket.node.peer;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which learned addresses may be dialled and passed on. Public ones always. Private ones are
 * somebody else's home, unless this node itself lives in such a place: it was told to meet peers
 * there, or listens there alone. Immutable.
 */
public final class AddressPolicy {
  /** Where an address leads. */
  public enum Reach {
    PUBLIC,
    LOOPBACK,
    /** Private, unique local and link-local addresses, and carrier-grade NAT. */
    LOCAL,
    /** Multicast, unspecified, broadcast: nobody can be there. */
    NOWHERE
  }

  private final Set<Reach> allowed;

  private AddressPolicy(Set<Reach> allowed) {
    this.allowed = allowed;
  }

  /** Allows what the addresses typed by the user reach, beside public ones. */
  public static AddressPolicy like(Collection<HostPort> typed) {
    Set<Reach> allowed = EnumSet.of(Reach.PUBLIC);
    for (HostPort address : typed) {
      try {
        allowed.add(reach(address.resolve()));
      } catch (UnknownHostException _) {
        // What cannot be found allows nothing.
      }
    }
    allowed.remove(Reach.NOWHERE);
    return new AddressPolicy(allowed);
  }

  /** Whether an address that a peer told may be passed on: names are looked at when dialled. */
  public boolean mayPassOn(HostPort address) {
    if (!address.numeric()) {
      return true;
    }
    return mayDial(address);
  }

  /** Whether an address that a peer told may be dialled. Looks names up. */
  public boolean mayDial(HostPort address) {
    try {
      return allowed.contains(reach(address.resolve()));
    } catch (UnknownHostException _) {
      return false;
    }
  }

  static Reach reach(InetAddress address) {
    if (address.isMulticastAddress() || address.isAnyLocalAddress()) {
      return Reach.NOWHERE;
    }
    if (address.isLoopbackAddress()) {
      return Reach.LOOPBACK;
    }
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = address instanceof Inet6Address && (bytes[0] & 0xfe) == 0xfc;
    boolean carrierNat =
        bytes.length == 4 && (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64; // RFC 6598
    if (address.isSiteLocalAddress() || address.isLinkLocalAddress() || uniqueLocal || carrierNat) {
      return Reach.LOCAL;
    }
    return bytes.length == 4 && (bytes[0] == 0 || (bytes[0] & 0xff) >= 240)
        ? Reach.NOWHERE
        : Reach.PUBLIC;
  }
}
