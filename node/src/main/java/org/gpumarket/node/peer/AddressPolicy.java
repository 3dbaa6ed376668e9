package org.gpumarket.node.peer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.gpumarket.ledger.signing.NodeId;

/**
 * Which addresses may be dialled and passed on. Learned public ones always. Learned private ones
 * are somebody else's home, unless this node itself lives in such a place: it was told to meet
 * peers there, or listens there alone. An address that the user typed may be dialled for the node
 * that proved to be there, wherever that is. Safe for use by several threads.
 */
public final class AddressPolicy {
  private final Set<Reach> allowed = ConcurrentHashMap.newKeySet();

  /** Who answered last at each address that the user typed. */
  private final Map<HostPort, NodeId> met = new ConcurrentHashMap<>();

  private final Lookup lookup;

  private AddressPolicy(Lookup lookup) {
    this.lookup = lookup;
    allowed.add(Reach.PUBLIC);
  }

  /** Allows what the addresses typed by the user reach, beside public ones. */
  public static AddressPolicy like(Collection<HostPort> typed) {
    return like(typed, HostPort::resolveAll);
  }

  static AddressPolicy like(Collection<HostPort> typed, Lookup lookup) {
    AddressPolicy policy = new AddressPolicy(lookup);
    typed.forEach(policy::allowLike);
    return policy;
  }

  /** Allows what an address typed by the user reaches, too. Looks a name up and blocks. */
  void allowLike(HostPort typed) {
    try {
      for (InetAddress found : lookup.addresses(typed)) {
        if (Reach.of(found) != Reach.NOWHERE) {
          allowed.add(Reach.of(found));
        }
      }
    } catch (UnknownHostException _) {
      // What cannot be found allows nothing.
    }
  }

  /** Notes who proved to be at an address that the user typed; nobody else is there then. */
  void noteMet(HostPort typed, NodeId proven) {
    met.put(typed, proven);
  }

  /** The typed addresses at which a node answered last; empty for one that was never met so. */
  List<HostPort> metAt(NodeId node) {
    return met.entrySet().stream()
        .filter(entry -> entry.getValue().equals(node))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Whether a node can be reached: it answered at an address that the user typed, or one of those
   * that it tells may be dialled. Asks nobody.
   *
   * @param told "host:port" each
   * @throws IllegalArgumentException when one of them is no address
   */
  public boolean reaches(NodeId node, Collection<String> told) {
    return !metAt(node).isEmpty() || mayPassOn(told);
  }

  /**
   * Whether what names these addresses may be passed on: others can dial one of them at least. What
   * is signed is passed on whole, so a private address beside a public one goes along; nobody dials
   * it who is not in such a network.
   *
   * @param told "host:port" each
   * @throws IllegalArgumentException when one of them is no address
   */
  public boolean mayPassOn(Collection<String> told) {
    return told.stream().map(HostPort::parse).anyMatch(this::mayPassOn);
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
   * The addresses behind one that a peer told, or at which the node was met, that may be dialled:
   * what is dialled must be one of these, since a name can lead elsewhere when it is looked up
   * again. Looks names up and blocks.
   */
  List<InetAddress> dialable(NodeId node, HostPort address) throws UnknownHostException {
    boolean typed = node.equals(met.get(address));
    return lookup.addresses(address).stream()
        .filter(found -> typed || allowed.contains(Reach.of(found)))
        .toList();
  }

  /** Finds the numeric addresses of a host. Blocks. */
  interface Lookup {
    List<InetAddress> addresses(HostPort host) throws UnknownHostException;
  }
}
