package org.gpumarket.node.lease;

import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.Offer;
import org.gpumarket.v1.RequestQuoteRequest;
import org.gpumarket.v1.SignedEnvelope;

/** Whether a quote is what was asked for, and no worse than the offer that was public. Pure. */
final class QuoteCheck {
  private QuoteCheck() {}

  static LeaseTerms check(
      SignedEnvelope envelope,
      NodeId consumer,
      NodeId provider,
      Offer offer,
      RequestQuoteRequest request)
      throws RefusalException {
    LeaseTerms terms = LeaseTerms.open(envelope);
    require(terms.provider().equals(provider), "the quote is another provider's");
    require(terms.consumer().equals(consumer), "the quote is for somebody else");
    require(
        terms.quote().getOfferId().equals(offer.getOfferId()), "the quote is for another offer");
    require(terms.gpus().size() == request.getGpuCount(), "the quote has another number of GPUs");
    require(
        terms.quote().getGpu().getModel().equals(offer.getGpu().getModel())
            && terms.quote().getGpu().getTier() == offer.getGpu().getTier()
            && terms.quote().getGpu().getVramMib() >= offer.getGpu().getVramMib(),
        "the quote is for another model of GPU");
    require(
        terms.price().getCurrencyCode().equals(offer.getPrice().getCurrencyCode())
            && terms.price().getMicrosPerGpuHour() <= offer.getPrice().getMicrosPerGpuHour(),
        "the quote is dearer than the offer");
    require(!terms.simulated() || request.getAcceptSimulated(), "the quote is for simulated GPUs");
    require(terms.durationMillis() == request.getDurationMs(), "the quote is for another duration");
    return terms;
  }

  private static void require(boolean holds, String otherwise) throws RefusalException {
    if (!holds) {
      throw new RefusalException(Reason.INVALID, otherwise);
    }
  }
}
