package org.gpumarket.node.settlement;

import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;

/** How usage reports are made and checked. Pure. */
public final class Usages {
  private Usages() {}

  /** Signs a report. */
  public static SignedEnvelope sign(SigningKey provider, Price price, Usage report) {
    return EnvelopeKind.USAGE.sign(
        provider, report.toBuilder().setOwed(Vouchers.owed(report.getGpuMillis(), price)).build());
  }

  /** Whether a report is new and can be true. */
  public static UsageVerdict check(SignedEnvelope envelope, UsageTerms terms) {
    Signed<Usage> signed;
    try {
      signed = EnvelopeKind.USAGE.open(envelope);
    } catch (InvalidSignatureException e) {
      return new UsageVerdict.Untrue(String.valueOf(e.getMessage()));
    }
    Usage usage = signed.message();
    if (!signed.signer().equals(terms.provider())) {
      return new UsageVerdict.Untrue("the usage is not signed by the lease's provider");
    }
    if (!usage.getLeaseId().equals(terms.leaseId())) {
      return new UsageVerdict.Untrue("the usage is another lease's");
    }
    if (usage.getSequence() <= terms.lastSequence()) {
      return new UsageVerdict.Old();
    }
    if (usage.getGpuMillis() < terms.lastGpuMillis()) {
      return new UsageVerdict.Untrue(
          "usage went down from "
              + terms.lastGpuMillis()
              + " to "
              + usage.getGpuMillis()
              + " GPU-milliseconds");
    }
    if (usage.getGpuMillis() > terms.plausibleGpuMillis()) {
      return new UsageVerdict.Untrue(
          "the provider claims "
              + usage.getGpuMillis()
              + " GPU-milliseconds where at most "
              + terms.plausibleGpuMillis()
              + " can have passed");
    }
    if (!usage.getOwed().equals(Vouchers.owed(usage.getGpuMillis(), terms.price()))) {
      return new UsageVerdict.Untrue("the amount in the usage is not what its time costs");
    }
    return new UsageVerdict.Counts(signed);
  }

  /**
   * What a report must fit.
   *
   * @param lastSequence the newest report's number; 0 without one
   * @param lastGpuMillis its GPU-milliseconds
   * @param plausibleGpuMillis the most that can have been used by the consumer's own clock
   */
  public record UsageTerms(
      String leaseId,
      NodeId provider,
      Price price,
      long lastSequence,
      long lastGpuMillis,
      long plausibleGpuMillis) {}

  /** What a report is worth. */
  public sealed interface UsageVerdict {
    /** New, and may be true. */
    record Counts(Signed<Usage> usage) implements UsageVerdict {}

    /** Repeated or overtaken. */
    record Old() implements UsageVerdict {}

    /** Cannot be true; one sentence says why. */
    record Untrue(String sentence) implements UsageVerdict {}
  }
}
