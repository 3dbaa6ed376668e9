package org.gpumarket.node.settlement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.ReadableLedger;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.v1.LeaseAgreed;
import org.gpumarket.v1.LeaseEarning;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Money;
import org.gpumarket.v1.Quote;
import org.gpumarket.v1.Transfer;
import org.gpumarket.v1.Voucher;

/** What each lease brought or cost, from the ledger's entries alone. */
public final class Earnings {
  private final ReadableLedger ledger;

  public Earnings(ReadableLedger ledger) {
    this.ledger = ledger;
  }

  /**
   * What was vouchered in a window, by lease, in the order in which the leases were agreed.
   *
   * @param startUnixMillis entries from this time on; 0 for all
   * @param endUnixMillis entries before this time; 0 for all
   */
  public List<LeaseEarning> between(long startUnixMillis, long endUnixMillis) {
    long end = endUnixMillis == 0 ? Long.MAX_VALUE : endUnixMillis;
    Map<String, Tally> tallies = new LinkedHashMap<>();
    try {
      ledger.forEachEntry(
          0,
          ledger.size(),
          (_, entry) -> {
            if (entry.hasLeaseAgreed()) {
              Tally tally = open(entry.getLeaseAgreed());
              tallies.put(tally.earning.getLeaseId(), tally);
            } else if (entry.hasVoucherRecorded()) {
              add(tallies, entry, startUnixMillis, end);
            }
          });
    } catch (LedgerException e) {
      throw new IllegalStateException("the ledger cannot be read", e);
    }
    return tallies.values().stream()
        .filter(tally -> tally.inWindow)
        .map(tally -> tally.earning.build())
        .toList();
  }

  private static Tally open(LeaseAgreed agreed) {
    try {
      Quote quote =
          EnvelopeKind.QUOTE.parse(EnvelopeKind.LEASE.parse(agreed.getConsumerLease()).getQuote());
      boolean provider = agreed.getOwnerRole() == LeaseRole.LEASE_ROLE_PROVIDER;
      return new Tally(
          LeaseEarning.newBuilder()
              .setLeaseId(quote.getLeaseId())
              .setRole(agreed.getOwnerRole())
              .setCounterparty(provider ? quote.getConsumer() : quote.getProvider())
              .setGpuModel(quote.getGpu().getModel())
              .setGpuCount(quote.getGpusCount())
              .setPrice(quote.getPrice())
              .setAmount(Money.newBuilder().setCurrencyCode(quote.getPrice().getCurrencyCode()))
              .setSimulated(quote.getSimulated()));
    } catch (InvalidSignatureException e) {
      throw new IllegalStateException("an entry of the ledger cannot be read", e);
    }
  }

  /** Vouchers are cumulative: what counts is how far each one goes beyond the one before. */
  private static void add(Map<String, Tally> tallies, LedgerEntry entry, long start, long end) {
    Voucher voucher;
    try {
      voucher = EnvelopeKind.VOUCHER.parse(entry.getVoucherRecorded().getVoucher());
    } catch (InvalidSignatureException e) {
      throw new IllegalStateException("an entry of the ledger cannot be read", e);
    }
    Tally tally = tallies.get(voucher.getLeaseId());
    if (tally == null) {
      throw new IllegalStateException("a voucher of no lease in the ledger");
    }
    long more = voucher.getGpuMillis() - tally.gpuMillis;
    tally.gpuMillis = voucher.getGpuMillis();
    if (entry.getAppendTimeUnixMs() < start || entry.getAppendTimeUnixMs() >= end) {
      return;
    }
    long micros = entry.getTransfersList().stream().mapToLong(Transfer::getAmountMicros).sum();
    tally.inWindow = true;
    tally.earning.setGpuMillis(tally.earning.getGpuMillis() + more);
    tally
        .earning
        .getAmountBuilder()
        .setAmountMicros(tally.earning.getAmount().getAmountMicros() + micros);
  }

  /** One lease while the entries go by. */
  private static final class Tally {
    final LeaseEarning.Builder earning;
    long gpuMillis;
    boolean inWindow;

    Tally(LeaseEarning.Builder earning) {
      this.earning = earning;
    }
  }
}
