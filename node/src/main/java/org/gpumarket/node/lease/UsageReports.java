package org.gpumarket.node.lease;

import java.util.function.LongSupplier;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.settlement.Usages;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;

/**
 * A provider's signed count of what its lease has used, written every interval.
 *
 * <p>Guarantees: sequence numbers rise, the count never goes down, and it never exceeds the lease's
 * GPUs times its duration. Used under the lease's lock.
 */
final class UsageReports {
  private final SigningKey identity;
  private final LeaseRecord record;
  private final LongSupplier gpuMillis;
  private final LeaseSurroundings surroundings;
  private final Alarm due;

  /** Reports on {@code record} what {@code gpuMillis} counts. */
  UsageReports(
      SigningKey identity,
      LeaseRecord record,
      LongSupplier gpuMillis,
      LeaseSurroundings surroundings) {
    this.identity = identity;
    this.record = record;
    this.gpuMillis = gpuMillis;
    this.surroundings = surroundings;
    this.due = new Alarm(surroundings);
  }

  /** The next report is due an interval from now. */
  void schedule() {
    due.set(record.terms().intervalMillis());
  }

  boolean isDue() {
    return due.isDue();
  }

  /** Everything that was agreed is used. */
  boolean isUsedUp() {
    return gpuMillis.getAsLong() >= record.mostGpuMillis();
  }

  /** Writes what was used so far; false: it cannot be written now, and stays due. */
  boolean report() {
    SignedEnvelope usage = sign(next());
    if (!record.tryWrite(
        record.row().toBuilder().setUsage(usage).build(), LeaseEntries.measured(usage))) {
      return false;
    }
    schedule();
    return true;
  }

  /** Writes what was used up to a pause, together with the pause. */
  boolean reportSuspended() {
    SignedEnvelope usage = sign(next());
    LeaseRow next =
        record.row().toBuilder().setState(LeaseState.LEASE_STATE_SUSPENDED).setUsage(usage).build();
    if (!record.tryWrite(next, LeaseEntries.measured(usage), LeaseEntries.changed(next))) {
      return false;
    }
    due.clear();
    return true;
  }

  /** Writes the last report of the lease. */
  boolean reportFinal() {
    SignedEnvelope usage = sign(next().setFinal(true));
    return record.tryWrite(
        record.row().toBuilder().setUsage(usage).build(), LeaseEntries.measured(usage));
  }

  private Usage.Builder next() {
    Usage before = record.usage();
    return Usage.newBuilder()
        .setLeaseId(record.leaseId())
        .setSequence(before.getSequence() + 1)
        .setGpuMillis(
            Math.max(
                before.getGpuMillis(), Math.min(gpuMillis.getAsLong(), record.mostGpuMillis())))
        .setMeasureTimeUnixMs(surroundings.unixMillis());
  }

  private SignedEnvelope sign(Usage.Builder usage) {
    return Usages.sign(identity, record.terms().price(), usage.build());
  }
}
