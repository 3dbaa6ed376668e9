package org.gpumarket.node.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.Signed;
import org.gpumarket.node.meter.GpuTimeMeter;
import org.gpumarket.node.runtime.Workload;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadOrder;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.runtime.WorkloadStatus;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.node.settlement.Usages;
import org.gpumarket.node.settlement.Vouchers;
import org.gpumarket.node.settlement.Vouchers.VoucherTerms;
import org.gpumarket.node.settlement.Vouchers.VoucherVerdict;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseExtension;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LeaseStatus;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.SignedEnvelope;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.Voucher;
import org.gpumarket.v1.WorkloadSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The provider's side of one agreed lease.
 *
 * <p>Invariants: {@code row} is always what is on disk; nobody hears of a change before it is; a
 * workload runs only in STARTING and RUNNING, and is billed only while it runs; usage never exceeds
 * the lease's GPUs times its duration. One lock guards everything; listeners are told outside of
 * it, in order.
 */
final class ProviderLease {
  private static final Logger log = LoggerFactory.getLogger(ProviderLease.class);

  private final ProviderContext context;
  private final LeaseTerms terms;
  private final WorkloadSpec spec;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SettleListener, Serial> listeners = new LinkedHashMap<>();
  private final LeaseWorkload workload;

  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile LeaseRow row;
  private boolean launching;
  private @Nullable Closing closing;
  private @Nullable Deadline startBy;
  private @Nullable Deadline usageDue;
  private @Nullable Deadline voucherBy;
  private @Nullable Deadline resumeBy;
  private @Nullable Deadline settleBy;
  private @Nullable Deadline engineCheck;
  private @Nullable Deadline engineBackBy;
  private @Nullable Deadline writableBy;
  private boolean heldForLedger;
  private @Nullable Deadline stopAgainAt;
  private @Nullable Deadline forgetAt;
  private volatile String trouble = "";

  ProviderLease(ProviderContext context, LeaseRow row) {
    this.context = context;
    this.row = row;
    this.terms = LeaseTerms.stored(row.getQuote());
    this.spec = LeaseRows.lease(row).getWorkload();
    this.workload =
        new LeaseWorkload(
            terms.leaseId(),
            new GpuTimeMeter(
                terms.gpus().size(),
                LeaseRows.usage(row).getGpuMillis(),
                context.surroundings().nanoTime()));
    if (row.getState() == LeaseState.LEASE_STATE_AGREED) {
      startBy = in(LeaseLimits.START_MILLIS);
    }
    if (row.getState() == LeaseState.LEASE_STATE_CLOSED) {
      forgetAt = in(LeaseLimits.LOGS_KEPT_MILLIS);
    }
  }

  /** Completes when this object has closed the lease. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  LeaseTerms terms() {
    return terms;
  }

  WorkloadSpec spec() {
    return spec;
  }

  /** As it is on disk; does not wait for whoever has the lease. */
  LeaseRow row() {
    return row;
  }

  LeaseStatus status() {
    LeaseRow now = row;
    String problem = trouble;
    return LeaseViews.status(
        problem.isEmpty() || !now.getDetail().isEmpty()
            ? now
            : now.toBuilder().setDetail(LeaseLimits.detail(problem)).build(),
        terms);
  }

  /** Starts the workload, once: whoever repeats it hears how far it is. */
  LeaseStatus start(List<LeasedGpu> gpus) throws RefusalException {
    lock.lock();
    try {
      if (!gpus.equals(terms.gpus())) {
        throw wrongState("these are not the GPUs and epochs of the lease");
      }
      if (row.getState() == LeaseState.LEASE_STATE_AGREED) {
        requireNewest();
        write(
            row.toBuilder().setState(LeaseState.LEASE_STATE_STARTING).build(),
            LeaseEntries.changed(
                terms.leaseId(),
                LeaseState.LEASE_STATE_STARTING,
                CloseReason.CLOSE_REASON_UNSPECIFIED));
        startBy = null;
        publish();
        relaunch();
      } else if (neverRan()) {
        requireNewest();
        throw wrongState("the lease is closed: " + row.getDetail());
      }
      return status();
    } finally {
      lock.unlock();
    }
  }

  private boolean neverRan() {
    return row.getState() == LeaseState.LEASE_STATE_CLOSED
        && (row.getCloseReason() == CloseReason.CLOSE_REASON_NEVER_STARTED
            || row.getCloseReason() == CloseReason.CLOSE_REASON_FENCED);
  }

  private void requireNewest() throws RefusalException {
    for (LeasedGpu gpu : terms.gpus()) {
      if (!context.holds().newest(gpu.getUuid(), gpu.getEpoch())) {
        String sentence = "the GPU " + gpu.getUuid() + " has gone to another lease";
        close(Closing.because(CloseReason.CLOSE_REASON_FENCED, sentence));
        throw wrongState(sentence);
      }
    }
  }

  private void relaunch() {
    launching = true;
    context.surroundings().executor().execute(this::launch);
  }

  /** Starting may take as long as an image: the lock is free meanwhile. */
  private void launch() {
    Workload started = null;
    String failure = "";
    try {
      WorkloadRuntime runtime = context.runtime(spec.getRuntime());
      started =
          runtime.start(new WorkloadOrder(terms.leaseId(), spec, context.grant(terms.gpus())));
    } catch (WorkloadException e) {
      failure = String.valueOf(e.getMessage());
    }
    lock.lock();
    try {
      launching = false;
      if (started == null) {
        close(Closing.because(CloseReason.CLOSE_REASON_WORKLOAD_FAILED, failure));
      } else if (row.getState() == LeaseState.LEASE_STATE_STARTING && closing == null) {
        workload.adoptRunning(started);
        follow(started);
        enterRunning();
      } else {
        workload.adoptPaused(started);
        stopAndRelease(LeaseLimits.STOP_GRACE);
        proceedClosing();
      }
    } finally {
      lock.unlock();
    }
  }

  private void follow(Workload started) {
    var _ =
        started
            .ended()
            .thenRun(() -> context.surroundings().executor().execute(() -> onEnded(started)));
  }

  private void enterRunning() {
    Optional<Workload> running = workload.workload();
    String handle = running.map(Workload::handle).orElse("");
    boolean written =
        tryWrite(
            row.toBuilder()
                .setState(LeaseState.LEASE_STATE_RUNNING)
                .setWorkloadHandle(handle)
                .build(),
            LeaseEntries.changed(
                terms.leaseId(),
                LeaseState.LEASE_STATE_RUNNING,
                CloseReason.CLOSE_REASON_UNSPECIFIED));
    if (written) {
      usageDue = in(terms.intervalMillis());
      publish();
    }
  }

  private void onEnded(Workload which) {
    lock.lock();
    try {
      if (workload.workload().filter(which::equals).isEmpty() || closing != null) {
        return;
      }
      closeIfEnded(workload.status());
    } finally {
      lock.unlock();
    }
  }

  /** Whether the workload has ended, and the lease with it. */
  private boolean closeIfEnded(WorkloadStatus status) {
    return switch (status) {
      case WorkloadStatus.Running _, WorkloadStatus.Paused _ -> false;
      case WorkloadStatus.Exited exited -> {
        close(Closing.completed(exited.code()));
        yield true;
      }
      case WorkloadStatus.Gone gone -> {
        engineProblem()
            .ifPresentOrElse(
                this::loseSight,
                () -> close(Closing.because(CloseReason.CLOSE_REASON_WORKLOAD_FAILED, gone.why())));
        yield true;
      }
    };
  }

  /** More time: the consumer has signed, now the provider does. */
  SignedEnvelope extend(Signed<LeaseExtension> extension, long maxDurationMillis)
      throws RefusalException {
    lock.lock();
    try {
      LeaseExtension wanted = extension.message();
      if (row.getExtensionRequestIdsList().contains(wanted.getRequestId())) {
        return row.getProviderExtension();
      }
      if (closing != null || rank(row.getState()) >= rank(LeaseState.LEASE_STATE_CLOSING)) {
        throw wrongState("the lease has ended");
      }
      if (row.getExtensionRequestIdsCount() >= LeaseLimits.EXTENSIONS) {
        throw new RefusalException(
            Reason.EXHAUSTED, "a lease is extended at most " + LeaseLimits.EXTENSIONS + " times");
      }
      if (wanted.getDurationMs() <= durationMillis()) {
        throw new RefusalException(Reason.INVALID, "an extension makes a lease longer");
      }
      if (wanted.getDurationMs() > maxDurationMillis) {
        throw wrongState("a lease lasts at most " + Duration.ofMillis(maxDurationMillis));
      }
      SignedEnvelope countersigned =
          EnvelopeKind.LEASE_EXTENSION.countersign(context.identity(), extension.envelope());
      write(
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
      close(why);
      if (row.getState() != LeaseState.LEASE_STATE_CLOSED && !LeaseRows.usage(row).getFinal()) {
        throw new RefusalException(
            Reason.UNAVAILABLE, trouble.isEmpty() ? "the lease cannot be closed now" : trouble);
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
      if (listeners.size() >= LeaseLimits.SETTLE_STREAMS) {
        throw new RefusalException(
            Reason.EXHAUSTED, "this lease has enough settlement streams already");
      }
      listeners.put(listener, new Serial(context.surroundings().executor()));
      tell(listener, status());
      endListenersWhenPaid();
    } finally {
      lock.unlock();
    }
  }

  void leave(SettleListener listener) {
    lock.lock();
    try {
      listeners.remove(listener);
    } finally {
      lock.unlock();
    }
  }

  /** A voucher came; the listener that brought it hears what it is worth. */
  void voucher(SignedEnvelope envelope, SettleListener from) {
    lock.lock();
    try {
      VoucherTerms against =
          new VoucherTerms(
              terms.leaseId(),
              terms.consumer(),
              terms.price(),
              LeaseRows.usage(row).getGpuMillis(),
              LeaseRows.voucher(row).getGpuMillis());
      switch (Vouchers.check(envelope, against)) {
        case VoucherVerdict.Wrong wrong -> {
          log.warn("Lease {}: voucher refused: {}", terms.leaseId(), wrong.sentence());
          answer(from, () -> from.refusal(wrong.sentence()));
        }
        case VoucherVerdict.Covered covered ->
            answer(from, () -> from.receipt(covered.gpuMillis()));
        case VoucherVerdict.Counts counts -> count(counts.voucher(), from);
      }
    } finally {
      lock.unlock();
    }
  }

  private void count(Signed<Voucher> voucher, SettleListener from) {
    LeaseRow next = row.toBuilder().setVoucher(voucher.envelope()).build();
    if (next.getState() == LeaseState.LEASE_STATE_CLOSED) {
      next = next.toBuilder().setSettled(LeaseRows.isCovered(next)).build();
    }
    if (!tryWrite(
        next, LeaseEntries.vouchered(LeaseRole.LEASE_ROLE_PROVIDER, voucher.envelope()))) {
      String sentence = trouble;
      answer(from, () -> from.refusal(sentence));
      return;
    }
    long gpuMillis = voucher.message().getGpuMillis();
    answer(from, () -> from.receipt(gpuMillis));
    if (!overCredit()) {
      voucherBy = null;
      if (row.getState() == LeaseState.LEASE_STATE_SUSPENDED && closing == null) {
        resume();
      }
    }
    settleIfCovered();
    endListenersWhenPaid();
  }

  private void resume() {
    if (!tryWrite(
        row.toBuilder().setState(LeaseState.LEASE_STATE_RUNNING).build(),
        LeaseEntries.changed(
            terms.leaseId(),
            LeaseState.LEASE_STATE_RUNNING,
            CloseReason.CLOSE_REASON_UNSPECIFIED))) {
      return;
    }
    resumeBy = null;
    usageDue = in(terms.intervalMillis());
    publish();
    if (engineBackBy == null) {
      resumeWorkload();
    }
  }

  /** A workload whose engine is away is resumed when that is back. */
  private void resumeWorkload() {
    try {
      workload.resume();
    } catch (WorkloadException e) {
      engineProblem()
          .ifPresentOrElse(
              this::loseSight,
              () ->
                  close(
                      Closing.because(
                          CloseReason.CLOSE_REASON_WORKLOAD_FAILED,
                          String.valueOf(e.getMessage()))));
    }
  }

  /** Does what is due. Cheap when nothing is; skipped while somebody else has the lease. */
  void tick() {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (writableBy != null) {
        retryWriting();
      }
      if (closing != null) {
        proceedClosing();
        return;
      }
      if (passed(stopAgainAt)) {
        stopAndRelease(LeaseLimits.STOP_GRACE);
      }
      switch (row.getState()) {
        case LEASE_STATE_AGREED -> {
          if (passed(startBy)) {
            close(
                Closing.because(
                    CloseReason.CLOSE_REASON_NEVER_STARTED, "the lease was never started"));
          }
        }
        case LEASE_STATE_STARTING -> {
          if (workload.isPresent()) {
            enterRunning();
          }
        }
        case LEASE_STATE_RUNNING -> tickRunning();
        case LEASE_STATE_SUSPENDED -> {
          if (!checkEngine() && passed(resumeBy)) {
            close(
                Closing.because(
                    CloseReason.CLOSE_REASON_UNPAID, "vouchers were missing for too long"));
          }
        }
        case LEASE_STATE_CLOSING, LEASE_STATE_CLOSED -> {}
        case LEASE_STATE_UNSPECIFIED, LEASE_STATE_RESERVED, UNRECOGNIZED ->
            throw new IllegalStateException("a provider's lease in state " + row.getState());
      }
    } finally {
      lock.unlock();
    }
  }

  private void tickRunning() {
    if (checkEngine()) {
      return;
    }
    if (workload.gpuMillis() >= mostGpuMillis()) {
      close(Closing.because(CloseReason.CLOSE_REASON_DURATION_ENDED, "the lease's time is over"));
      return;
    }
    if (passed(usageDue)) {
      report();
    }
    if (passed(voucherBy)) {
      suspend();
    }
  }

  private void report() {
    SignedEnvelope usage = measure(false);
    if (!tryWrite(row.toBuilder().setUsage(usage).build(), LeaseEntries.measured(usage))) {
      return;
    }
    usageDue = in(terms.intervalMillis());
    if (overCredit() && voucherBy == null) {
      voucherBy = in(terms.graceMillis());
    }
    publish();
  }

  private void suspend() {
    try {
      workload.pause();
    } catch (WorkloadException e) {
      close(
          Closing.because(
              CloseReason.CLOSE_REASON_UNPAID,
              "a voucher is missing and the workload cannot be paused: " + e.getMessage()));
      return;
    }
    SignedEnvelope usage = measure(false);
    boolean written =
        tryWrite(
            row.toBuilder().setState(LeaseState.LEASE_STATE_SUSPENDED).setUsage(usage).build(),
            LeaseEntries.measured(usage),
            LeaseEntries.changed(
                terms.leaseId(),
                LeaseState.LEASE_STATE_SUSPENDED,
                CloseReason.CLOSE_REASON_UNSPECIFIED));
    if (written) {
      voucherBy = null;
      usageDue = null;
      resumeBy = in(terms.graceMillis());
      publish();
    } else {
      heldForLedger = true;
    }
  }

  /** Whether the runtime does not answer, so that nothing else can be done with the workload. */
  private boolean checkEngine() {
    if (engineCheck != null && !passed(engineCheck)) {
      return engineBackBy != null;
    }
    engineCheck = in(LeaseLimits.ENGINE_CHECK_MILLIS);
    Optional<String> problem = engineProblem();
    if (problem.isEmpty()) {
      return engineBackBy != null && !welcomeBack();
    }
    if (engineBackBy == null) {
      loseSight(problem.get());
    } else if (passed(engineBackBy)) {
      close(Closing.because(CloseReason.CLOSE_REASON_WORKLOAD_FAILED, problem.get()));
    }
    return true;
  }

  /** Nobody can see what the workload does: not billed until its engine has said. */
  private void loseSight(String problem) {
    workload.stopMeter();
    engineBackBy = in(terms.graceMillis());
    trouble = problem;
    log.warn("Lease {}: {}; not billed meanwhile", terms.leaseId(), trouble);
    publish();
  }

  private Optional<String> engineProblem() {
    try {
      return context.runtime(spec.getRuntime()).problem();
    } catch (WorkloadException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** The runtime answers again: what became of the workload? */
  private boolean welcomeBack() {
    try {
      List<Workload> found = context.runtime(spec.getRuntime()).find();
      engineBackBy = null;
      trouble = "";
      readopt(found);
      publish();
      return row.getState() == LeaseState.LEASE_STATE_RUNNING && closing == null;
    } catch (WorkloadException e) {
      trouble = String.valueOf(e.getMessage());
      return false;
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
      if (row.getState() != LeaseState.LEASE_STATE_AGREED) {
        unseen.stream()
            .filter(runtime -> runtime.kind() == spec.getRuntime())
            .forEach(workload::mayHideBehind);
      }
      boolean newest = context.holds().retake(terms.leaseId(), terms.gpus());
      if (!newest && rank(row.getState()) < rank(LeaseState.LEASE_STATE_CLOSING)) {
        findOwn(found).ifPresent(workload::adoptPaused);
        close(
            Closing.because(
                CloseReason.CLOSE_REASON_FENCED, "the GPUs have gone to another lease"));
        return;
      }
      readopt(found);
    } finally {
      lock.unlock();
    }
  }

  private void readopt(List<Workload> found) {
    Optional<Workload> own = findOwn(found);
    switch (row.getState()) {
      case LEASE_STATE_STARTING -> {
        if (own.isPresent()) {
          readoptRunning(own.get());
        } else if (!launching) {
          relaunch();
        }
      }
      case LEASE_STATE_RUNNING -> {
        if (own.isPresent()) {
          readoptRunning(own.get());
        } else if (!awaitEngine()) {
          close(
              Closing.because(
                  CloseReason.CLOSE_REASON_WORKLOAD_FAILED,
                  "the workload was gone when the node came back"));
        }
      }
      case LEASE_STATE_SUSPENDED -> readoptSuspended(own);
      case LEASE_STATE_CLOSING -> {
        own.ifPresent(workload::adoptPaused);
        closing = new Closing(row.getCloseReason(), row.getDetail(), exitCode());
        proceedClosing();
      }
      case LEASE_STATE_AGREED, LEASE_STATE_CLOSED -> {}
      case LEASE_STATE_UNSPECIFIED, LEASE_STATE_RESERVED, UNRECOGNIZED ->
          throw new IllegalStateException("a provider's lease in state " + row.getState());
    }
  }

  private void readoptRunning(Workload own) {
    try {
      workload.adoptPaused(own);
      WorkloadStatus status = own.status();
      if (row.getState() == LeaseState.LEASE_STATE_STARTING) {
        enterRunning();
      }
      if (closeIfEnded(status)) {
        return;
      }
      if (status instanceof WorkloadStatus.Paused) {
        own.resume();
      }
      workload.adoptRunning(own);
      follow(own);
      usageDue = in(terms.intervalMillis());
      if (overCredit()) {
        voucherBy = in(terms.graceMillis());
      }
    } catch (WorkloadException e) {
      close(
          Closing.because(
              CloseReason.CLOSE_REASON_WORKLOAD_FAILED, String.valueOf(e.getMessage())));
    }
  }

  private void readoptSuspended(Optional<Workload> own) {
    resumeBy = in(terms.graceMillis());
    try {
      if (own.isPresent()) {
        workload.adoptPaused(own.get());
        WorkloadStatus status = own.get().status();
        if (!closeIfEnded(status) && status instanceof WorkloadStatus.Running) {
          own.get().pause();
        }
        follow(own.get());
      } else if (!awaitEngine()) {
        close(
            Closing.because(
                CloseReason.CLOSE_REASON_WORKLOAD_FAILED,
                "the workload was gone when the node came back"));
      }
    } catch (WorkloadException e) {
      close(
          Closing.because(
              CloseReason.CLOSE_REASON_WORKLOAD_FAILED, String.valueOf(e.getMessage())));
    }
  }

  /** Whether the workload may still be there, behind a runtime that does not answer. */
  private boolean awaitEngine() {
    Optional<String> problem =
        engineProblem()
            .or(
                () ->
                    workload.mayHide()
                        ? Optional.of("the runtime did not say what it runs")
                        : Optional.empty());
    problem.ifPresent(this::loseSight);
    return problem.isPresent();
  }

  private Optional<Workload> findOwn(List<Workload> found) {
    return found.stream().filter(w -> w.leaseId().equals(terms.leaseId())).findFirst();
  }

  private void close(Closing why) {
    if (rank(row.getState()) >= rank(LeaseState.LEASE_STATE_CLOSING)) {
      return;
    }
    if (closing == null) {
      closing = why;
      log.info("Lease {} ends: {}", terms.leaseId(), why.detail());
    }
    proceedClosing();
  }

  /** Each step once, in order; what cannot be written now is tried again at the next tick. */
  private void proceedClosing() {
    Closing why = closing;
    if (why == null || row.getState() == LeaseState.LEASE_STATE_CLOSED) {
      return;
    }
    if (row.getState() != LeaseState.LEASE_STATE_CLOSING) {
      LeaseRow.Builder next =
          row.toBuilder()
              .setState(LeaseState.LEASE_STATE_CLOSING)
              .setCloseReason(why.reason())
              .setDetail(LeaseLimits.detail(why.detail()));
      why.exitCode().ifPresent(next::setExitCode);
      if (tryWrite(
          next.build(),
          LeaseEntries.changed(terms.leaseId(), LeaseState.LEASE_STATE_CLOSING, why.reason()))) {
        publish();
      }
    }
    if (!launching && (stopAgainAt == null || passed(stopAgainAt))) {
      stopAndRelease(why.stopGrace());
    }
    if (row.getState() == LeaseState.LEASE_STATE_CLOSING) {
      tellFinalUsage();
    }
  }

  /** A card is free again only when nothing runs on it for sure. */
  private void stopAndRelease(Duration grace) {
    Optional<String> problem = workload.stop(grace);
    if (problem.isPresent()) {
      log.warn("Lease {}: cannot stop: {}", terms.leaseId(), problem.get());
      stopAgainAt = in(LeaseLimits.ENGINE_CHECK_MILLIS);
    } else {
      stopAgainAt = null;
      context.holds().release(terms.leaseId());
    }
  }

  private void tellFinalUsage() {
    if (!LeaseRows.usage(row).getFinal()) {
      SignedEnvelope usage = measure(true);
      if (!tryWrite(row.toBuilder().setUsage(usage).build(), LeaseEntries.measured(usage))) {
        return;
      }
      publish();
    }
    if (settleBy == null) {
      settleBy = in(terms.graceMillis());
    }
    settleIfCovered();
    if (row.getState() == LeaseState.LEASE_STATE_CLOSING && passed(settleBy)) {
      enterClosed(false);
    }
  }

  private void settleIfCovered() {
    if (row.getState() == LeaseState.LEASE_STATE_CLOSING
        && LeaseRows.usage(row).getFinal()
        && LeaseRows.isCovered(row)) {
      enterClosed(true);
    }
  }

  private void enterClosed(boolean settled) {
    if (tryWrite(
        row.toBuilder().setState(LeaseState.LEASE_STATE_CLOSED).setSettled(settled).build(),
        LeaseEntries.changed(
            terms.leaseId(), LeaseState.LEASE_STATE_CLOSED, row.getCloseReason()))) {
      closing = null;
      forgetAt = in(LeaseLimits.LOGS_KEPT_MILLIS);
      publish();
      endListenersWhenPaid();
      closed.complete(null);
    }
  }

  /** Drops what is left of the workload once its logs need not be kept. True: forget the lease. */
  boolean forget() {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      return row.getState() == LeaseState.LEASE_STATE_CLOSED
          && passed(forgetAt)
          && listeners.isEmpty()
          && stopAgainAt == null
          && !launching
          && workload.remove().isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** For the end of the node: nothing of an ended workload stays. */
  void removeRemains() {
    lock.lock();
    try {
      if (rank(row.getState()) >= rank(LeaseState.LEASE_STATE_CLOSING)) {
        workload
            .remove()
            .ifPresent(sentence -> log.warn("Lease {}: {}", terms.leaseId(), sentence));
      }
    } finally {
      lock.unlock();
    }
  }

  Optional<Workload> workload() {
    lock.lock();
    try {
      return workload.workload();
    } finally {
      lock.unlock();
    }
  }

  private SignedEnvelope measure(boolean last) {
    Usage before = LeaseRows.usage(row);
    return Usages.sign(
        context.identity(),
        terms.price(),
        Usage.newBuilder()
            .setLeaseId(terms.leaseId())
            .setSequence(before.getSequence() + 1)
            .setGpuMillis(
                Math.max(before.getGpuMillis(), Math.min(workload.gpuMillis(), mostGpuMillis())))
            .setMeasureTimeUnixMs(context.surroundings().unixMillis())
            .setFinal(last)
            .build());
  }

  private long mostGpuMillis() {
    return durationMillis() * terms.gpus().size();
  }

  private long durationMillis() {
    return LeaseRows.durationMillis(row, terms);
  }

  private boolean overCredit() {
    long uncovered =
        LeaseRows.usage(row).getOwed().getAmountMicros()
            - LeaseRows.voucher(row).getAmount().getAmountMicros();
    return uncovered > terms.creditMicros();
  }

  private void write(LeaseRow next, LedgerEntry... entries) throws RefusalException {
    context.writes().write(List.of(entries), LeaseRows.put(next));
    row = next;
  }

  /** Writes, or notes that it must be tried again: the next tick comes back to it. */
  private boolean tryWrite(LeaseRow next, LedgerEntry... entries) {
    try {
      write(next, entries);
      return true;
    } catch (RefusalException e) {
      if (e.reason() != Reason.UNAVAILABLE) {
        throw new IllegalStateException("the books refuse lease " + terms.leaseId(), e);
      }
      trouble = e.sentence();
      if (writableBy == null) {
        writableBy = in(terms.graceMillis());
        log.warn("Lease {}: {}", terms.leaseId(), trouble);
      }
      return false;
    }
  }

  /** While nothing can be written for longer than the grace time, nothing runs either. */
  private void retryWriting() {
    boolean full = isUnwritable();
    try {
      if (!full) {
        writableBy = null;
        trouble = "";
        if (heldForLedger) {
          heldForLedger = false;
          if (closing == null) {
            workload.resume();
          }
        }
      } else if (passed(writableBy)
          && !heldForLedger
          && closing == null
          && workload.isPresent()
          && row.getState() != LeaseState.LEASE_STATE_SUSPENDED) {
        workload.pause();
        heldForLedger = true;
        publish();
      }
    } catch (WorkloadException e) {
      close(
          Closing.because(
              CloseReason.CLOSE_REASON_WORKLOAD_FAILED, String.valueOf(e.getMessage())));
    }
  }

  private boolean isUnwritable() {
    try {
      context.writes().requireWritable();
      return false;
    } catch (RefusalException _) {
      return true;
    }
  }

  private void publish() {
    LeaseStatus status = status();
    listeners.keySet().forEach(listener -> tell(listener, status));
  }

  private void tell(SettleListener listener, LeaseStatus status) {
    answer(listener, () -> listener.status(status));
  }

  private void answer(SettleListener listener, Runnable call) {
    Serial order = listeners.get(listener);
    if (order != null) {
      order.execute(call);
    }
  }

  private void endListenersWhenPaid() {
    if (row.getState() == LeaseState.LEASE_STATE_CLOSED && row.getSettled()) {
      for (SettleListener listener : new ArrayList<>(listeners.keySet())) {
        answer(listener, listener::ended);
        listeners.remove(listener);
      }
    }
  }

  private Optional<Integer> exitCode() {
    return row.hasExitCode() ? Optional.of(row.getExitCode()) : Optional.empty();
  }

  private Deadline in(long millis) {
    return context.surroundings().in(millis);
  }

  private boolean passed(@Nullable Deadline deadline) {
    return deadline != null && context.surroundings().passed(deadline);
  }

  private static RefusalException wrongState(String sentence) {
    return new RefusalException(Reason.WRONG_STATE, sentence);
  }

  /** The order in which states follow one another, but for the pause. */
  private static int rank(LeaseState state) {
    return state.getNumber();
  }
}
