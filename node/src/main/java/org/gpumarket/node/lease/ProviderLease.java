package org.gpumarket.node.lease;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.node.runtime.Workload;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.WorkloadSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The provider's side of one agreed lease: which state follows which, and who may ask for it.
 *
 * <p>Invariants: the record is always what is on disk; nobody hears of a change before it is; a
 * workload runs only in STARTING and RUNNING, and is billed only while it runs; usage never exceeds
 * the lease's GPUs times its duration. One lock guards everything, the parts too; listeners are
 * told outside of it, in order.
 */
final class ProviderLease {
  private static final Logger log = LoggerFactory.getLogger(ProviderLease.class);

  private final ProviderContext context;
  private final LeaseTerms terms;
  private final WorkloadSpec spec;
  private final ReentrantLock lock = new ReentrantLock();
  private final LeaseRecord record;
  private final CreditWindow credit;
  private final LeaseRun run;
  private final SettleAudience audience;
  private final Alarm startBy;

  /** Until then a voucher that is refused is not worth another line in the log. */
  private final Alarm quietUntil;

  ProviderLease(ProviderContext context, LeaseRow row) {
    LeaseSurroundings surroundings = context.surroundings();
    this.context = context;
    this.record = new LeaseRecord(context.writes(), row);
    this.terms = record.terms();
    this.spec = LeaseRows.lease(row).getWorkload();
    this.credit = new CreditWindow(record, surroundings);
    this.run = new LeaseRun(context, record, credit, spec, this::locked, this::publish);
    this.audience = new SettleAudience(surroundings.executor());
    this.startBy = new Alarm(surroundings);
    this.quietUntil = new Alarm(surroundings);
    if (row.getState() == LeaseState.LEASE_STATE_AGREED) {
      startBy.set(LeaseLimits.START_MILLIS);
    }
  }

  /** Completes when this object has closed the lease. */
  CompletableFuture<Void> closed() {
    return run.closed();
  }

  LeaseTerms terms() {
    return terms;
  }

  WorkloadSpec spec() {
    return spec;
  }

  /** As it is on disk; does not wait for whoever has the lease. */
  LeaseRow row() {
    return record.row();
  }

  /** With what the meter says now; does not wait either. */
  LeaseView view() {
    return LeaseViews.view(record.row(), run.gpuMillis());
  }

  LeaseStatus status() {
    LeaseRow now = record.row();
    String problem = trouble();
    return LeaseViews.status(
        problem.isEmpty() || !now.getDetail().isEmpty()
            ? now
            : now.toBuilder().setDetail(LeaseLimits.detail(problem)).build(),
        terms);
  }

  private String trouble() {
    String unwritable = record.problem();
    return unwritable.isEmpty() ? run.trouble() : unwritable;
  }

  /** Starts the workload, once: whoever repeats it hears how far it is. */
  LeaseStatus start(List<LeasedGpu> gpus) throws RefusalException {
    lock.lock();
    try {
      if (!gpus.equals(terms.gpus())) {
        throw wrongState("these are not the GPUs and epochs of the lease");
      }
      if (record.state() == LeaseState.LEASE_STATE_AGREED) {
        requireNewest();
        LeaseRow next = record.row().toBuilder().setState(LeaseState.LEASE_STATE_STARTING).build();
        record.write(next, LeaseEntries.changed(next));
        startBy.clear();
        publish();
        run.launch();
      } else if (neverRan()) {
        requireNewest();
        throw wrongState("the lease is closed: " + record.row().getDetail());
      }
      return status();
    } finally {
      lock.unlock();
    }
  }

  private boolean neverRan() {
    CloseReason reason = record.row().getCloseReason();
    return record.state() == LeaseState.LEASE_STATE_CLOSED
        && (reason == CloseReason.CLOSE_REASON_NEVER_STARTED
            || reason == CloseReason.CLOSE_REASON_FENCED);
  }

  /** The fence: a start that is late finds its cards promised anew. */
  private void requireNewest() throws RefusalException {
    Optional<LeasedGpu> overtaken = context.holds().overtaken(terms.gpus());
    if (overtaken.isPresent()) {
      String sentence = "the GPU " + overtaken.get().getUuid() + " has gone to another lease";
      run.end(Closing.because(CloseReason.CLOSE_REASON_FENCED, sentence));
      throw wrongState(sentence);
    }
  }

  /** More time: the consumer has signed, now the provider does. */
  SignedEnvelope extend(Signed<LeaseExtension> extension, long maxDurationMillis)
      throws RefusalException {
    lock.lock();
    try {
      LeaseExtension wanted = extension.message();
      LeaseRow row = record.row();
      if (row.getExtensionRequestIdsList().contains(wanted.getRequestId())) {
        return row.getProviderExtension();
      }
      if (run.isEnding() || record.hasEnded()) {
        throw wrongState("the lease has ended");
      }
      ExtensionCheck.check(record, wanted, maxDurationMillis);
      SignedEnvelope countersigned =
          EnvelopeKind.LEASE_EXTENSION.countersign(context.identity(), extension.envelope());
      record.write(
          row.toBuilder()
              .setConsumerExtension(extension.envelope())
              .setProviderExtension(countersigned)
              .addExtensionRequestIds(wanted.getRequestId())
              .build(),
          LeaseEntries.extended(extension.envelope(), countersigned));
      publish();
      return countersigned;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the lease; answers when the workload has stopped and the last usage is on disk. */
  LeaseStatus closeNow(Closing why) throws RefusalException {
    lock.lock();
    try {
      run.end(why);
      if (record.state() != LeaseState.LEASE_STATE_CLOSED && !record.usage().getFinal()) {
        String problem = trouble();
        throw new RefusalException(
            Reason.UNAVAILABLE, problem.isEmpty() ? "the lease cannot be closed now" : problem);
      }
      return status();
    } finally {
      lock.unlock();
    }
  }

  /** Joins a settlement stream; the first thing it hears is the status. */
  void listen(SettleListener listener) throws RefusalException {
    lock.lock();
    try {
      audience.join(listener, status());
      dismissWhenPaid();
    } finally {
      lock.unlock();
    }
  }

  void leave(SettleListener listener) {
    lock.lock();
    try {
      audience.leave(listener);
    } finally {
      lock.unlock();
    }
  }

  /** A voucher came; the listener that brought it hears what it is worth. */
  void voucher(SignedEnvelope envelope, SettleListener from) {
    lock.lock();
    try {
      switch (credit.take(envelope)) {
        case CreditWindow.Taken.Refused refused -> {
          logRefusal(refused.sentence());
          audience.tell(from, () -> from.refusal(refused.sentence()));
        }
        case CreditWindow.Taken.Known known ->
            audience.tell(from, () -> from.receipt(known.gpuMillis()));
        case CreditWindow.Taken.Booked booked -> {
          audience.tell(from, () -> from.receipt(booked.gpuMillis()));
          run.voucherBooked();
          dismissWhenPaid();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void logRefusal(String sentence) {
    if (!quietUntil.isAhead()) {
      quietUntil.set(LeaseLimits.LOG_QUIET_MILLIS);
      log.warn("Lease {}: voucher refused: {}", terms.leaseId(), sentence);
    }
  }

  /** Does what is due. Cheap when nothing is; skipped while somebody else has the lease. */
  void tick() {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (record.state() == LeaseState.LEASE_STATE_AGREED && startBy.isDue()) {
        run.end(
            Closing.because(CloseReason.CLOSE_REASON_NEVER_STARTED, "the lease was never started"));
      }
      run.tick();
    } finally {
      lock.unlock();
    }
  }

  /**
   * After a restart: goes on from where the row stands.
   *
   * @param found every workload of the runtimes that answered
   * @param unseen the runtimes that did not
   */
  void recover(List<Workload> found, Set<WorkloadRuntime> unseen) {
    lock.lock();
    try {
      boolean newest = context.holds().retake(terms.leaseId(), terms.gpus());
      if (newest || record.hasEnded()) {
        run.recover(found, unseen);
      } else {
        run.giveWay(
            found,
            unseen,
            Closing.because(
                CloseReason.CLOSE_REASON_FENCED, "the GPUs have gone to another lease"));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops what is left of the workload once its logs need not be kept. True: forget the lease. */
  boolean forget() {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      return run.isForgettable() && audience.isEmpty() && run.removeRemains().isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** For the end of the node: nothing of an ended workload stays. */
  void removeRemains() {
    lock.lock();
    try {
      if (record.hasEnded()) {
        run.removeRemains()
            .ifPresent(sentence -> log.warn("Lease {}: {}", terms.leaseId(), sentence));
      }
    } finally {
      lock.unlock();
    }
  }

  Optional<Workload> workload() {
    lock.lock();
    try {
      return run.workload();
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private void publish() {
    audience.tellAll(status());
    dismissWhenPaid();
  }

  private void dismissWhenPaid() {
    if (record.state() == LeaseState.LEASE_STATE_CLOSED && record.row().getSettled()) {
      audience.end();
    }
  }

  private static RefusalException wrongState(String sentence) {
    return new RefusalException(Reason.WRONG_STATE, sentence);
  }
}
