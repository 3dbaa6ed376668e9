package org.gpumarket.node.lease;

import org.gpumarket.node.settlement.Usages.UsageTerms;
import org.gpumarket.v1.Usage;

/**
 * The most that a lease can have used, by its consumer's own clocks: the time since the agreement,
 * and never more than this side has signed. Used under the lease's lock.
 */
final class UsageBound {
  private static final long NANOS_PER_MILLI = 1_000_000;

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
    long passedMillis =
        passedBeforeMillis + (surroundings.nanoTime().getAsLong() - loadedNanos) / NANOS_PER_MILLI;
    long runMillis = Math.min(passedMillis + LeaseLimits.USAGE_TOLERANCE_MILLIS, signedMillis());
    return new UsageTerms(
        terms.leaseId(),
        terms.provider(),
        terms.price(),
        last.getSequence(),
        last.getGpuMillis(),
        Math.multiplyExact(runMillis, (long) terms.gpus().size()));
  }

  /** The provider may have countersigned an extension whose answer was lost. */
  private long signedMillis() {
    return Math.max(
        record.durationMillis(), LeaseRows.askedExtension(record.row()).getDurationMs());
  }
}
