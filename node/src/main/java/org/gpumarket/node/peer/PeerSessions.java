package org.gpumarket.node.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.gpumarket.ledger.signing.NodeId;

/**
 * The peers this node is in touch with: keeps an exchange with each bootstrap address alive, takes
 * part in those that others begin, and passes every change on to all of them.
 */
public final class PeerSessions implements AutoCloseable {
  /** Exchanges that others may have begun with this node. */
  private static final int MAX_INBOUND = 512;

  private final OfferExchange offers;
  private final Set<OfferSession> open = ConcurrentHashMap.newKeySet();
  private final Map<OfferSession, PeerView> inbound = new ConcurrentHashMap<>();
  private final List<BootstrapPeer> bootstrap = new CopyOnWriteArrayList<>();

  public PeerSessions(OfferExchange offers) {
    this.offers = offers;
    offers.onChange(known -> open.forEach(session -> session.offer(known)));
  }

  /** Meets whoever listens at these addresses, and goes on trying. */
  public void meet(List<HostPort> addresses, PeerConnections connections, Greeting greeting) {
    for (HostPort address : addresses) {
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
    OfferSession session = new OfferSession(offers);
    open.add(session);
    return session;
  }

  /** Takes part in an exchange that a peer began; false when there are too many already. */
  boolean accept(OfferSession session, NodeId peer) {
    if (inbound.size() >= MAX_INBOUND) {
      end(session);
      return false;
    }
    inbound.put(session, new PeerView(peer.text(), "", true, false, "", 0, ""));
    return true;
  }

  void end(OfferSession session) {
    open.remove(session);
    inbound.remove(session);
  }

  @Override
  public void close() {
    bootstrap.forEach(BootstrapPeer::close);
    open.clear();
  }
}
