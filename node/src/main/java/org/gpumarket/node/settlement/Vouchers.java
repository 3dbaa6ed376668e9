package org.gpumarket.node.settlement;

import org.gpumarket.ledger.books.Owed;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Voucher;

/** How vouchers are made and checked. Pure. */
public final class Vouchers {
  private Vouchers() {}

  /** Signs for the usage so far, at exactly what it costs. */
  public static SignedEnvelope sign(
      SigningKey consumer, String leaseId, long gpuMillis, Price price, long nowUnixMillis) {
    return EnvelopeKind.VOUCHER.sign(
        consumer,
        Voucher.newBuilder()
            .setLeaseId(leaseId)
            .setGpuMillis(gpuMillis)
            .setAmount(owed(gpuMillis, price))
            .setIssueTimeUnixMs(nowUnixMillis)
            .build());
  }

  /** What so much usage costs. */
  public static Money owed(long gpuMillis, Price price) {
    return Money.newBuilder()
        .setCurrencyCode(price.getCurrencyCode())
        .setAmountMicros(Owed.micros(gpuMillis, price.getMicrosPerGpuHour()))
        .build();
  }

  /** Whether a voucher counts, is covered by one before, or is wrong. */
  public static VoucherVerdict check(SignedEnvelope envelope, VoucherTerms terms) {
    Signed<Voucher> signed;
    try {
      signed = EnvelopeKind.VOUCHER.open(envelope);
    } catch (InvalidSignatureException e) {
      return new VoucherVerdict.Wrong(String.valueOf(e.getMessage()));
    }
    Voucher voucher = signed.message();
    if (!voucher.getLeaseId().equals(terms.leaseId())) {
      return new VoucherVerdict.Wrong("this voucher is for another lease");
    }
    if (!signed.signer().equals(terms.consumer())) {
      return new VoucherVerdict.Wrong("this voucher is not signed by the lease's consumer");
    }
    if (voucher.getGpuMillis() < 0 || voucher.getGpuMillis() > terms.usedGpuMillis()) {
      return new VoucherVerdict.Wrong(
          "this voucher covers "
              + voucher.getGpuMillis()
              + " GPU-milliseconds where "
              + terms.usedGpuMillis()
              + " were used");
    }
    Money owed = owed(voucher.getGpuMillis(), terms.price());
    if (!voucher.getAmount().equals(owed)) {
      return new VoucherVerdict.Wrong(
          "this voucher says "
              + voucher.getAmount().getAmountMicros()
              + " micros where "
              + owed.getAmountMicros()
              + " "
              + owed.getCurrencyCode()
              + " micros are owed");
    }
    return voucher.getGpuMillis() <= terms.coveredGpuMillis()
        ? new VoucherVerdict.Covered(terms.coveredGpuMillis())
        : new VoucherVerdict.Counts(signed);
  }

  /**
   * What a voucher must fit.
   *
   * @param usedGpuMillis the newest usage that was told
   * @param coveredGpuMillis what the highest accepted voucher covers; 0 without one
   */
  public record VoucherTerms(
      String leaseId, NodeId consumer, Price price, long usedGpuMillis, long coveredGpuMillis) {}

  /** What a voucher is worth. */
  public sealed interface VoucherVerdict {
    /** It covers more than any before. */
    record Counts(Signed<Voucher> voucher) implements VoucherVerdict {}

    /** Nothing new: repeated, or overtaken by a higher one. */
    record Covered(long gpuMillis) implements VoucherVerdict {}

    /** It does not count; one sentence says why. */
    record Wrong(String sentence) implements VoucherVerdict {}
  }
}
