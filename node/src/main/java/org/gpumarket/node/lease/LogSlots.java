package org.gpumarket.node.lease;

import java.util.HashMap;
import java.util.Map;
import org.gpumarket.ledger.signing.NodeId;

/**
 * How many log streams are open: each holds a thread and a file or a connection to the runtime for
 * as long as its reader likes, so no peer may take them all. Safe for use by several threads.
 */
final class LogSlots {
  /** Of all peers together. */
  static final int ALL = 128;

  /** Of one peer: a user who watches each lease of a large deployment. */
  static final int OF_PEER = 32;

  private final Map<NodeId, Integer> taken = new HashMap<>();
  private int all;

  /** Takes a slot; false when the peer, or all peers together, have enough. */
  synchronized boolean take(NodeId peer) {
    int own = taken.getOrDefault(peer, 0);
    if (all >= ALL || own >= OF_PEER) {
      return false;
    }
    taken.put(peer, own + 1);
    all++;
    return true;
  }

  /** Gives back a slot that was taken. */
  synchronized void giveBack(NodeId peer) {
    var _ = taken.computeIfPresent(peer, (_, own) -> own == 1 ? null : own - 1);
    all--;
  }
}
