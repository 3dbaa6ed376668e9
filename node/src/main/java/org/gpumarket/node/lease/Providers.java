package org.gpumarket.node.lease;

import java.util.List;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.settlement.RefusalException;

/** The way to providers. */
@FunctionalInterface
public interface Providers {
  /**
   * A link to a node, not necessarily connected yet.
   *
   * @param addresses where it may be found, best first, "host:port"
   * @throws RefusalException when none of them may be dialled
   */
  ProviderLink to(NodeId provider, List<String> addresses) throws RefusalException;
}
