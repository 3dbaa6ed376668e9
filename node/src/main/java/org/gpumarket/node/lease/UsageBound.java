package org.gpumarket.node.lease;

import java.math.BigInteger;
import org.gpumarket.node.settlement.Usages.UsageTerms;
import org.gpumarket.v1.Usage;

/**
 * The most that a lease can have used, by its consumer's own clocks: the time since the agreement,
 * never more than this side has signed, and little more after this side has ended the lease. Used
 * under the lease's lock.
 */
final class UsageBound {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final BigInteger MILLIS_PER_HOUR = BigInteger.valueOf(3_600_000);

  private final LeaseRecord record;
  private final LeaseSurroundings surroundings;
  private final long passedBeforeMillis;
  private final long loadedNanos;

  UsageBound(LeaseRecord record, LeaseSurroundings surroundings) {
    this.record = record;
    this.surroundings = surroundings;
    this.loadedNanos = surroundings.nanoTime().getAsLong();
    // Both times are of this node's own clock; the meter can't have run before the agreement.
    this.passedBeforeMillis =
        Math.max(
            surroundings.unixMillis() - LeaseRows.lease(record.row()).getAgreeTimeUnixMs(),
            record.usage().getGpuMillis() / record.terms().gpus().size());
  }

  /** What the provider's next report must fit. */
  UsageTerms terms() {
    LeaseTerms terms = record.terms();
    Usage last = record.usage();
    long untilEnd = record.row().hasMostRunMs() ? record.row().getMostRunMs() : Long.MAX_VALUE;
    long runMillis =
        Math.min(
            Math.min(passedMillis(), untilEnd) + LeaseLimits.USAGE_TOLERANCE_MILLIS,
            signedMillis());
    return new UsageTerms(
        terms.leaseId(),
        terms.provider(),
        terms.price(),
        last.getSequence(),
        last.getGpuMillis(),
        Math.multiplyExact(runMillis, (long) terms.gpus().size()));
  }

  /**
   * How long each GPU can have run at most if the lease ends now: a provider that does not hear of
   * it goes on until its credit is used up, the grace time after that is over and the workload has
   * stopped.
   */
  long mostRunMillis() {
    LeaseTerms terms = record.terms();
    return passedMillis()
        + creditMillis()
        + terms.intervalMillis()
        + terms.graceMillis()
        + LeaseLimits.STOP_GRACE.toMillis();
  }

  /** How long all GPUs run on the lease's credit; no longer than the lease. */
  private long creditMillis() {
    LeaseTerms terms = record.terms();
    BigInteger microsPerHour =
        BigInteger.valueOf(terms.price().getMicrosPerGpuHour())
            .multiply(BigInteger.valueOf(terms.gpus().size()));
    BigInteger most = BigInteger.valueOf(signedMillis());
    return microsPerHour.signum() == 0
        ? most.longValue()
        : BigInteger.valueOf(terms.creditMicros())
            .multiply(MILLIS_PER_HOUR)
            .divide(microsPerHour)
            .min(most)
            .longValue();
  }

  private long passedMillis() {
    return passedBeforeMillis
        + (surroundings.nanoTime().getAsLong() - loadedNanos) / NANOS_PER_MILLI;
  }

  /** The provider may have countersigned an extension whose answer was lost. */
  private long signedMillis() {
    return Math.max(
        record.durationMillis(), LeaseRows.askedExtension(record.row()).getDurationMs());
  }
}
