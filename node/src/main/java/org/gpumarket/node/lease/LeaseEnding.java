package org.gpumarket.node.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a provider's lease: CLOSING on disk, the workload stopped and the cards free, the last
 * usage on disk and told, the last voucher awaited for the grace time, CLOSED on disk.
 *
 * <p>Each step is done once and in this order; what cannot be done now is tried again at the next
 * {@link #tick}. The first reason to end is the one that stands. Used under the lease's lock.
 */
final class LeaseEnding {
  private static final Logger log = LoggerFactory.getLogger(LeaseEnding.class);

  private final LeaseRecord record;
  private final WorkloadSupervisor workload;
  private final UsageReports usage;
  private final GpuHolds holds;
  private final Runnable changed;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final Alarm settleBy;
  private final Alarm stopAgain;
  private final Alarm forgetAt;
  private @Nullable Closing why;

  /**
   * A lease that does not end yet, unless its row says so.
   *
   * @param changed called after every step that is on disk
   */
  LeaseEnding(
      LeaseRecord record,
      WorkloadSupervisor workload,
      UsageReports usage,
      GpuHolds holds,
      LeaseSurroundings surroundings,
      Runnable changed) {
    this.record = record;
    this.workload = workload;
    this.usage = usage;
    this.holds = holds;
    this.changed = changed;
    this.settleBy = new Alarm(surroundings);
    this.stopAgain = new Alarm(surroundings);
    this.forgetAt = new Alarm(surroundings);
    if (record.state() == LeaseState.LEASE_STATE_CLOSED) {
      forgetAt.set(LeaseLimits.LOGS_KEPT_MILLIS);
    }
  }

  /** Completes when this object has closed the lease. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  /** The lease ends, and is not closed yet. */
  boolean isUnderWay() {
    return why != null;
  }

  /** Ends the lease, unless it ends already. */
  void begin(Closing reason) {
    if (record.hasEnded()) {
      return;
    }
    if (why == null) {
      why = reason;
      log.info("Lease {} ends: {}", record.leaseId(), reason.detail());
    }
    proceed();
  }

  /** Goes on with an end that a restart of the node cut short. */
  void goOn() {
    LeaseRow row = record.row();
    why =
        new Closing(
            row.getCloseReason(),
            row.getDetail(),
            row.hasExitCode() ? Optional.of(row.getExitCode()) : Optional.empty());
    proceed();
  }

  /** Does what is left to do, if anything is. */
  void tick() {
    proceed();
    if (why == null && stopAgain.isDue()) {
      stopAndRelease(LeaseLimits.STOP_GRACE);
    }
  }

  /** A workload came that nobody wants any more. */
  void stopLate() {
    stopAndRelease(LeaseLimits.STOP_GRACE);
    proceed();
  }

  private void proceed() {
    Closing reason = why;
    if (reason == null) {
      return;
    }
    if (!record.hasEnded()) {
      enterClosing(reason);
    }
    if (!workload.isLaunching() && !stopAgain.isAhead()) {
      stopAndRelease(reason.stopGrace());
    }
    if (record.state() == LeaseState.LEASE_STATE_CLOSING) {
      settle();
    }
  }

  private void enterClosing(Closing reason) {
    LeaseRow.Builder next =
        record.row().toBuilder()
            .setState(LeaseState.LEASE_STATE_CLOSING)
            .setCloseReason(reason.reason())
            .setDetail(LeaseLimits.detail(reason.detail()));
    reason.exitCode().ifPresent(next::setExitCode);
    LeaseRow built = next.build();
    if (record.tryWrite(built, LeaseEntries.changed(built))) {
      changed.run();
    }
  }

  /** A card is free again only when nothing runs on it for sure. */
  private void stopAndRelease(Duration grace) {
    Optional<String> problem = workload.stop(grace);
    if (problem.isPresent()) {
      log.warn("Lease {}: cannot stop: {}", record.leaseId(), problem.get());
      stopAgain.set(LeaseLimits.ENGINE_CHECK_MILLIS);
    } else {
      stopAgain.clear();
      holds.release(record.leaseId());
    }
  }

  private void settle() {
    if (!record.usage().getFinal()) {
      if (!usage.reportFinal()) {
        return;
      }
      changed.run();
    }
    settleBy.setIfClear(record.terms().graceMillis());
    voucherBooked();
    if (record.state() == LeaseState.LEASE_STATE_CLOSING && settleBy.isDue()) {
      enterClosed(false);
    }
  }

  /** Closes the lease if the last voucher is there. */
  void voucherBooked() {
    if (record.state() == LeaseState.LEASE_STATE_CLOSING
        && record.usage().getFinal()
        && record.isCovered()) {
      enterClosed(true);
    }
  }

  private void enterClosed(boolean settled) {
    LeaseRow next =
        record.row().toBuilder()
            .setState(LeaseState.LEASE_STATE_CLOSED)
            .setSettled(settled)
            .build();
    if (record.tryWrite(next, LeaseEntries.changed(next))) {
      why = null;
      forgetAt.set(LeaseLimits.LOGS_KEPT_MILLIS);
      changed.run();
      closed.complete(null);
    }
  }

  /** The lease is closed, nothing of it runs for sure, and its logs were kept long enough. */
  boolean isForgettable() {
    return record.state() == LeaseState.LEASE_STATE_CLOSED
        && forgetAt.isDue()
        && !stopAgain.isSet()
        && !workload.isLaunching();
  }
}
