package org.gpumarket.node.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which learned addresses may be dialled and passed on. Public ones always. Private ones are
 * somebody else's home, unless this node itself lives in such a place: it was told to meet peers
 * there, or listens there alone. Immutable.
 */
public final class AddressPolicy {
  private final Set<Reach> allowed;
  private final Lookup lookup;

  private AddressPolicy(Set<Reach> allowed, Lookup lookup) {
    this.allowed = allowed;
    this.lookup = lookup;
  }

  /** Allows what the addresses typed by the user reach, beside public ones. */
  public static AddressPolicy like(Collection<HostPort> typed) {
    return like(typed, HostPort::resolveAll);
  }

  static AddressPolicy like(Collection<HostPort> typed, Lookup lookup) {
    Set<Reach> allowed = EnumSet.of(Reach.PUBLIC);
    for (HostPort address : typed) {
      try {
        lookup.addresses(address).forEach(found -> allowed.add(Reach.of(found)));
      } catch (UnknownHostException _) {
        // What cannot be found allows nothing.
      }
    }
    allowed.remove(Reach.NOWHERE);
    return new AddressPolicy(allowed, lookup);
  }

  /**
   * Whether an address that a peer told may be passed on: names are looked at when dialled. Asks
   * nobody.
   */
  public boolean mayPassOn(HostPort address) {
    try {
      return !address.numeric() || allowed.contains(Reach.of(address.resolve()));
    } catch (UnknownHostException _) {
      return false;
    }
  }

  /**
   * The addresses behind one that a peer told that may be dialled: what is dialled must be one of
   * these, since a name can lead elsewhere when it is looked up again. Looks names up and blocks.
   */
  List<InetAddress> dialable(HostPort address) throws UnknownHostException {
    return lookup.addresses(address).stream()
        .filter(found -> allowed.contains(Reach.of(found)))
        .toList();
  }

  /** Finds the numeric addresses of a host. Blocks. */
  interface Lookup {
    List<InetAddress> addresses(HostPort host) throws UnknownHostException;
  }
}
