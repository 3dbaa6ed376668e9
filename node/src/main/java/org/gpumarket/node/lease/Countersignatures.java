package org.gpumarket.node.lease;

import com.google.protobuf.Message;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.SignedEnvelope;

/** Whether a provider signed the very bytes that its consumer did. Pure. */
final class Countersignatures {
  private Countersignatures() {}

  /**
   * Refuses what is not the provider's strict signature under the same bytes.
   *
   * @param sent under the consumer's signature
   * @param answer under the provider's, so it says
   */
  static <M extends Message> void require(
      EnvelopeKind<M> kind, SignedEnvelope sent, SignedEnvelope answer, NodeId provider)
      throws RefusalException {
    try {
      if (!kind.open(answer).signer().equals(provider)
          || !answer.getPayload().equals(sent.getPayload())) {
        throw new RefusalException(
            Reason.INVALID, "the provider did not countersign what was sent");
      }
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }
}
