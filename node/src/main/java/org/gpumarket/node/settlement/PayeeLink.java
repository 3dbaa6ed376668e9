package org.gpumarket.node.settlement;

import java.util.Optional;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.v1.SignedEnvelope;

/** The way to whoever was paid. */
@FunctionalInterface
public interface PayeeLink {
  /**
   * Tells a payee of a payout, or asks again what became of it.
   *
   * @return the payee's confirmation, once its owner has looked
   * @throws RefusalException when it does not answer or does not accept
   */
  Optional<SignedEnvelope> submit(NodeId payee, SignedEnvelope payout) throws RefusalException;
}
