package org.gpumarket.node.lease;

import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.node.settlement.Vouchers;
import org.gpumarket.node.settlement.Vouchers.VoucherTerms;
import org.gpumarket.node.settlement.Vouchers.VoucherVerdict;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.Voucher;

/**
 * How far a consumer may be behind with its vouchers, and for how long.
 *
 * <p>Told usage may exceed the vouchers by the lease's credit. Beyond it the grace time runs until
 * the workload is paused, and once more until the lease is given up as unpaid. Used under the
 * lease's lock.
 */
final class CreditWindow {
  private final LeaseRecord record;
  private final Alarm voucherBy;
  private final Alarm resumeBy;

  /** The number of the report that a voucher has covered in part. */
  private long partlyCovered;

  CreditWindow(LeaseRecord record, LeaseSurroundings surroundings) {
    this.record = record;
    this.voucherBy = new Alarm(surroundings);
    this.resumeBy = new Alarm(surroundings);
  }

  /** What came of a voucher. */
  sealed interface Taken {
    /** It is on disk, and covers more than any before. */
    record Booked(long gpuMillis) implements Taken {}

    /** One before covers as much or more, or enough until the next report. */
    record Known(long gpuMillis) implements Taken {}

    /** It does not count, or cannot be written now; one sentence says why. */
    record Refused(String sentence) implements Taken {}
  }

  /** Judges a voucher against the newest usage that was told, and books it where it counts. */
  Taken take(SignedEnvelope voucher) {
    LeaseTerms terms = record.terms();
    VoucherTerms against =
        new VoucherTerms(
            terms.leaseId(),
            terms.consumer(),
            terms.price(),
            record.usage().getGpuMillis(),
            record.voucher().getGpuMillis());
    return switch (Vouchers.check(voucher, against)) {
      case VoucherVerdict.Wrong wrong -> new Taken.Refused(wrong.sentence());
      case VoucherVerdict.Covered covered -> new Taken.Known(covered.gpuMillis());
      case VoucherVerdict.Counts counts -> takeNew(counts.voucher());
    };
  }

  /**
   * A voucher may be late and cover an older report, but one after each is enough: who signs for
   * every millisecond alone would fill the ledger.
   */
  private Taken takeNew(Signed<Voucher> voucher) {
    Usage report = record.usage();
    if (voucher.message().getGpuMillis() == report.getGpuMillis()) {
      return book(voucher);
    }
    if (partlyCovered == report.getSequence()) {
      return new Taken.Known(record.voucher().getGpuMillis());
    }
    Taken taken = book(voucher);
    if (taken instanceof Taken.Booked) {
      partlyCovered = report.getSequence();
    }
    return taken;
  }

  private Taken book(Signed<Voucher> voucher) {
    LeaseRow next = record.row().toBuilder().setVoucher(voucher.envelope()).build();
    if (next.getState() == LeaseState.LEASE_STATE_CLOSED) {
      next = next.toBuilder().setSettled(LeaseRows.isCovered(next)).build();
    }
    if (!record.tryWrite(
        next, LeaseEntries.vouchered(LeaseRole.LEASE_ROLE_PROVIDER, voucher.envelope()))) {
      return new Taken.Refused(record.problem());
    }
    if (!isOver()) {
      voucherBy.clear();
    }
    return new Taken.Booked(voucher.message().getGpuMillis());
  }

  /** More usage was told than the credit allows. */
  boolean isOver() {
    long uncovered =
        record.usage().getOwed().getAmountMicros() - record.voucher().getAmount().getAmountMicros();
    return uncovered > record.terms().creditMicros();
  }

  /** Usage was told: the grace time begins where it is beyond the credit and has not begun. */
  void usageTold() {
    if (isOver()) {
      voucherBy.setIfClear(record.terms().graceMillis());
    }
  }

  /** The workload was out of sight: who is behind gets the whole grace time from here. */
  void beginAgain() {
    voucherBy.clear();
    usageTold();
  }

  void suspended() {
    voucherBy.clear();
    resumeBy.set(record.terms().graceMillis());
  }

  void resumed() {
    resumeBy.clear();
  }

  boolean isPauseDue() {
    return voucherBy.isDue();
  }

  boolean isGivenUp() {
    return resumeBy.isDue();
  }
}
