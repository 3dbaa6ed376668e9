package org.gpumarket.node.lease;

import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.Usages;
import org.gpumarket.node.settlement.Usages.UsageVerdict;
import org.gpumarket.node.settlement.Vouchers;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs a consumer's vouchers for usage that can be true, and knows which of them the provider has.
 *
 * <p>Guarantees: usage and the voucher for it become durable together, before the voucher goes out;
 * none is signed for usage that cannot be true. Used under the lease's lock.
 */
final class VoucherPen {
  private static final Logger log = LoggerFactory.getLogger(VoucherPen.class);

  private final SigningKey identity;
  private final LeaseRecord record;
  private final SettlementLine line;
  private final LeaseSurroundings surroundings;
  private final UsageBound bound;
  private long receivedMillis;

  VoucherPen(
      SigningKey identity,
      LeaseRecord record,
      SettlementLine line,
      LeaseSurroundings surroundings) {
    this.identity = identity;
    this.record = record;
    this.line = line;
    this.surroundings = surroundings;
    this.bound = new UsageBound(record, surroundings);
  }

  /** What came of a usage report. */
  sealed interface Answer {
    /** Vouchered now or before. */
    record Vouchered() implements Answer {}

    /** The ledger cannot be written; the next report covers this one. */
    record NotNow() implements Answer {}

    /** It cannot be true; one sentence says why. Nothing was signed. */
    record Untrue(String sentence) implements Answer {}
  }

  Answer take(SignedEnvelope usage) {
    return switch (Usages.check(usage, bound.terms())) {
      case UsageVerdict.Old _ -> new Answer.Vouchered();
      case UsageVerdict.Untrue untrue -> new Answer.Untrue(untrue.sentence());
      case UsageVerdict.Counts counts ->
          vouch(counts.usage()) ? new Answer.Vouchered() : new Answer.NotNow();
    };
  }

  private boolean vouch(Signed<Usage> usage) {
    LeaseRow.Builder next = record.row().toBuilder().setUsage(usage.envelope());
    long gpuMillis = usage.message().getGpuMillis();
    if (gpuMillis <= record.voucher().getGpuMillis()) {
      return record.tryWrite(next.build());
    }
    SignedEnvelope voucher =
        Vouchers.sign(
            identity,
            record.leaseId(),
            gpuMillis,
            record.terms().price(),
            surroundings.unixMillis());
    boolean written =
        record.tryWrite(
            next.setVoucher(voucher).build(),
            LeaseEntries.vouchered(LeaseRole.LEASE_ROLE_CONSUMER, voucher));
    if (written) {
      line.sendVoucher();
    }
    return written;
  }

  /** How long each GPU can have run at most if the lease ends now. */
  long mostRunMillis() {
    return bound.mostRunMillis();
  }

  /** The provider says which voucher it has on disk; a newer one was lost and is sent again. */
  void note(LeaseStatus status) {
    if (status.hasVoucher()) {
      try {
        received(EnvelopeKind.VOUCHER.parse(status.getVoucher()).getGpuMillis());
      } catch (InvalidSignatureException e) {
        log.warn("Lease {}: {}", record.leaseId(), e.getMessage());
      }
    }
    if (receivedMillis < record.voucher().getGpuMillis()) {
      line.sendVoucher();
    }
  }

  /** The provider has a voucher that covers so much. */
  void received(long gpuMillis) {
    receivedMillis = Math.max(receivedMillis, gpuMillis);
  }

  /** The last usage is vouchered, and the provider has that voucher or needs none. */
  boolean isPaidUp() {
    return record.usage().getFinal()
        && record.isCovered()
        && (receivedMillis >= record.voucher().getGpuMillis()
            || record.voucher().getAmount().getAmountMicros() == 0);
  }
}
