package org.gpumarket.node.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.gpumarket.ledger.signing.NodeId;

/**
 * The peers this node is in touch with: keeps an exchange with each bootstrap address alive, takes
 * part in those that others begin, and passes every change on to all of them.
 */
public final class PeerSessions implements AutoCloseable {
  /** Exchanges that others may have begun with this node. */
  private static final int MAX_INBOUND = 512;

  /** And one node alone: more than one while it has not heard that an earlier one broke. */
  static final int MAX_INBOUND_OF_PEER = 4;

  /** Addresses that the user may type. */
  static final int MAX_BOOTSTRAP = 64;

  private final OfferExchange offers;
  private final LongSupplier nanoTime;
  private final Set<OfferSession> open = ConcurrentHashMap.newKeySet();
  private final Map<OfferSession, PeerView> inbound = new ConcurrentHashMap<>();
  private final List<BootstrapPeer> bootstrap = new CopyOnWriteArrayList<>();

  /**
   * No sessions yet.
   *
   * @param nanoTime a monotonic clock, such as {@link System#nanoTime}
   */
  public PeerSessions(OfferExchange offers, LongSupplier nanoTime) {
    this.offers = offers;
    this.nanoTime = nanoTime;
    offers.onChange(name -> open.forEach(session -> session.changed(name)));
  }

  /**
   * Meets whoever listens at these addresses, and goes on trying. Those that are met already are
   * left as they are.
   *
   * @throws IllegalArgumentException with one sentence when they are too many, or one has port 0
   */
  public synchronized void meet(
      List<HostPort> addresses, PeerConnections connections, Greeting greeting) {
    List<HostPort> unmet =
        addresses.stream()
            .distinct()
            .filter(address -> bootstrap.stream().noneMatch(peer -> peer.isAt(address)))
            .toList();
    if (bootstrap.size() + unmet.size() > MAX_BOOTSTRAP) {
      throw new IllegalArgumentException(
          "a node meets peers at most at " + MAX_BOOTSTRAP + " addresses");
    }
    if (unmet.stream().anyMatch(address -> address.port() == 0)) {
      throw new IllegalArgumentException("nobody can be met at port 0");
    }
    for (HostPort address : unmet) {
      BootstrapPeer peer = new BootstrapPeer(address, connections, greeting, this);
      bootstrap.add(peer);
      peer.start();
    }
  }

  /** Every peer that is or should be connected. */
  public List<PeerView> peers() {
    List<PeerView> peers = new ArrayList<>();
    bootstrap.forEach(peer -> peers.add(peer.view()));
    peers.addAll(inbound.values());
    return peers;
  }

  OfferSession begin() {
    OfferSession session = new OfferSession(offers, nanoTime);
    open.add(session);
    return session;
  }

  /** Takes part in an exchange that a peer began; false when there are too many already. */
  synchronized boolean accept(OfferSession session, NodeId peer) {
    long ofPeer =
        inbound.values().stream().filter(view -> view.nodeId().equals(peer.text())).count();
    if (inbound.size() >= MAX_INBOUND || ofPeer >= MAX_INBOUND_OF_PEER) {
      var _ = end(session);
      return false;
    }
    inbound.put(session, new PeerView(peer.text(), "", true, false, "", 0, ""));
    return true;
  }

  /**
   * Ends a session, before its stream is ended from this side.
   *
   * @return false when it has ended before
   */
  boolean end(OfferSession session) {
    open.remove(session);
    inbound.remove(session);
    return session.close();
  }

  @Override
  public void close() {
    bootstrap.forEach(BootstrapPeer::close);
    open.forEach(OfferSession::close);
    open.clear();
  }
}
