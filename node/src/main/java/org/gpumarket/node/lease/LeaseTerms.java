package org.gpumarket.node.lease;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.gpumarket.ledger.signing.Base32;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.Price;
import org.gpumarket.v1.Quote;
import org.gpumarket.v1.SignedEnvelope;

/**
 * The terms in a provider's quote, checked: they become the lease's terms.
 *
 * @param holdMillis how long the GPUs are held from the answer on
 * @param durationMillis the longest the workload may run, before any extension
 * @param intervalMillis how often usage is told
 * @param graceMillis how long a due voucher may be late, before the pause and again before the end
 * @param creditMicros how much told usage may stand without a voucher
 */
record LeaseTerms(
    String leaseId,
    NodeId provider,
    NodeId consumer,
    List<LeasedGpu> gpus,
    Price price,
    boolean simulated,
    long holdMillis,
    long durationMillis,
    long intervalMillis,
    long graceMillis,
    long creditMicros,
    Quote quote) {

  /** Most that a GPU-hour may cost (common.proto). */
  private static final long MAX_PRICE_MICROS = 1_000_000_000_000L;

  /** Opens a quote strictly and checks every field's range. */
  static LeaseTerms open(SignedEnvelope envelope) throws RefusalException {
    try {
      Signed<Quote> signed = EnvelopeKind.QUOTE.open(envelope);
      LeaseTerms terms = of(signed.message());
      require(signed.signer().equals(terms.provider), "the quote is not signed by its provider");
      return terms;
    } catch (InvalidSignatureException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  /** Reads the quote of a lease of ours, which was checked before it was stored. */
  static LeaseTerms stored(SignedEnvelope envelope) {
    try {
      return of(EnvelopeKind.QUOTE.parse(envelope));
    } catch (InvalidSignatureException | RefusalException e) {
      throw new IllegalStateException("a lease row with an impossible quote", e);
    }
  }

  private static LeaseTerms of(Quote quote) throws RefusalException {
    require(Base32.isId(quote.getLeaseId()), "a lease id has 26 characters of base32");
    List<LeasedGpu> gpus = quote.getGpusList();
    require(!gpus.isEmpty() && gpus.size() <= LeaseLimits.GPUS, "a lease has 1 to 1024 GPUs");
    Set<String> uuids = new HashSet<>();
    for (LeasedGpu gpu : gpus) {
      require(uuids.add(gpu.getUuid()), "the quote names a GPU twice");
      require(gpu.getEpoch() > 0, "an epoch counts from 1");
    }
    require(quote.getPrice().getCurrencyCode().matches("[A-Z]{3}"), "a currency has three letters");
    require(
        within(quote.getPrice().getMicrosPerGpuHour(), 0, MAX_PRICE_MICROS),
        "the price is out of range");
    require(within(quote.getHoldMs(), 1, 3_600_000), "the hold is out of range");
    require(
        within(quote.getDurationMs(), 1, LeaseLimits.MAX_DURATION_MILLIS),
        "the duration is out of range");
    require(inIntervalRange(quote.getIntervalMs()), "the interval is out of range");
    require(inIntervalRange(quote.getGraceMs()), "the grace time is out of range");
    require(quote.getCreditMicros() >= 0, "the credit is out of range");
    return new LeaseTerms(
        quote.getLeaseId(),
        node(quote.getProvider()),
        node(quote.getConsumer()),
        List.copyOf(gpus),
        quote.getPrice(),
        quote.getSimulated(),
        quote.getHoldMs(),
        quote.getDurationMs(),
        quote.getIntervalMs(),
        quote.getGraceMs(),
        quote.getCreditMicros(),
        quote);
  }

  private static NodeId node(String text) throws RefusalException {
    try {
      return NodeId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RefusalException(Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static boolean inIntervalRange(long millis) {
    return within(millis, LeaseLimits.MIN_INTERVAL_MILLIS, LeaseLimits.MAX_INTERVAL_MILLIS);
  }

  private static boolean within(long value, long least, long most) {
    return value >= least && value <= most;
  }

  private static void require(boolean holds, String otherwise) throws RefusalException {
    if (!holds) {
      throw new RefusalException(Reason.INVALID, otherwise);
    }
  }
}
