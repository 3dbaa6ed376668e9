package org.gpumarket.node.lease;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.gpumarket.node.runtime.Workload;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.WorkloadSpec;

/**
 * The run of a lease's workload: STARTING, then RUNNING and SUSPENDED by turns as the vouchers come
 * or do not, to its {@link LeaseEnding}.
 *
 * <p>Guarantees: nothing is billed but in RUNNING; nothing runs on when vouchers are missing, when
 * the time is used up, or when the ledger cannot note it for longer than the grace time. Used under
 * the lease's lock.
 */
final class LeaseRun {
  private final LeaseRecord record;
  private final CreditWindow credit;
  private final Executor executor;
  private final Consumer<Runnable> underLock;
  private final Runnable changed;
  private final WorkloadSupervisor workload;
  private final UsageReports usage;
  private final LedgerWatch ledger;
  private final LeaseEnding ending;

  /** How far the start is; not written to disk. */
  private volatile String startProgress = "";

  /**
   * A run that has not begun, or goes on with {@link #recover}.
   *
   * @param underLock does something under the lease's lock
   * @param changed called after every change that is on disk
   */
  LeaseRun(
      ProviderContext context,
      LeaseRecord record,
      CreditWindow credit,
      WorkloadSpec spec,
      Consumer<Runnable> underLock,
      Runnable changed) {
    LeaseSurroundings surroundings = context.surroundings();
    this.record = record;
    this.credit = credit;
    this.executor = surroundings.executor();
    this.underLock = underLock;
    this.changed = changed;
    this.workload =
        new WorkloadSupervisor(
            record.terms(),
            spec,
            record.usage().getGpuMillis(),
            context.runtimes(),
            surroundings,
            which -> underLock.accept(() -> onEnded(which)));
    this.usage = new UsageReports(context.identity(), record, workload::gpuMillis, surroundings);
    this.ledger = new LedgerWatch(record, surroundings);
    this.ending = new LeaseEnding(record, workload, usage, context.holds(), surroundings, changed);
  }

  /** GPU-milliseconds up to now, by the meter; never more than the lease may use. */
  long gpuMillis() {
    return Math.min(workload.gpuMillis(), record.mostGpuMillis());
  }

  /** Starts the workload, which the row says already. */
  void launch() {
    workload.beginLaunch();
    executor.execute(
        () -> {
          WorkloadSupervisor.Launch launch =
              workload.launch(sentence -> underLock.accept(() -> progressed(sentence)));
          underLock.accept(() -> landed(launch));
        });
  }

  private void progressed(String sentence) {
    startProgress = sentence;
    if (record.state() == LeaseState.LEASE_STATE_STARTING) {
      changed.run();
    }
  }

  private void landed(WorkloadSupervisor.Launch launch) {
    switch (launch) {
      case WorkloadSupervisor.Launch.Failed failed -> {
        workload.launchFailed();
        ending.begin(Closing.because(CloseReason.CLOSE_REASON_WORKLOAD_FAILED, failed.sentence()));
      }
      case WorkloadSupervisor.Launch.Started started -> {
        if (record.state() == LeaseState.LEASE_STATE_STARTING && !ending.isUnderWay()) {
          workload.launched(started.workload());
          enterRunning();
        } else {
          workload.launchedTooLate(started.workload());
          ending.stopLate();
        }
      }
    }
  }

  private void enterRunning() {
    LeaseRow next =
        record.row().toBuilder()
            .setState(LeaseState.LEASE_STATE_RUNNING)
            .setWorkloadHandle(workload.workload().map(Workload::handle).orElse(""))
            .build();
    if (record.tryWrite(next, LeaseEntries.changed(next))) {
      usage.schedule();
      changed.run();
    }
  }

  private void onEnded(Workload which) {
    if (!ending.isUnderWay()) {
      heed(workload.endOf(which));
    }
  }

  /** Whether the lease goes on as it is: its workload is in sight and does what is wanted. */
  private boolean heed(WorkloadNews news) {
    return switch (news) {
      case WorkloadNews.AsWanted _ -> true;
      case WorkloadNews.OutOfSight _ -> false;
      case WorkloadNews.LostSight _ -> {
        changed.run();
        yield false;
      }
      case WorkloadNews.BackInSight _ -> {
        goOn();
        changed.run();
        yield record.state() == LeaseState.LEASE_STATE_RUNNING;
      }
      case WorkloadNews.Ended ended -> {
        ending.begin(ended.why());
        yield false;
      }
    };
  }

  /** After a time that nobody measured, every deadline begins again. */
  private void goOn() {
    if (record.state() == LeaseState.LEASE_STATE_SUSPENDED) {
      credit.suspended();
    } else {
      usage.schedule();
      credit.beginAgain();
    }
  }

  /**
   * After a restart: goes on from where the row stands.
   *
   * @param found every workload of the runtimes that answered
   * @param unseen the runtimes that did not
   */
  void recover(List<Workload> found, Set<WorkloadRuntime> unseen) {
    if (record.state() != LeaseState.LEASE_STATE_AGREED) {
      workload.mayHideBehind(unseen);
    }
    switch (record.state()) {
      case LEASE_STATE_STARTING -> {
        if (workload.isAmong(found)) {
          WorkloadNews news = workload.adoptRunning(found);
          enterRunning();
          recovered(news);
        } else {
          launch();
        }
      }
      case LEASE_STATE_RUNNING -> recovered(workload.adoptRunning(found));
      case LEASE_STATE_SUSPENDED -> recovered(workload.adoptPaused(found));
      case LEASE_STATE_CLOSING -> {
        workload.adoptToStop(found);
        ending.goOn();
      }
      case LEASE_STATE_AGREED, LEASE_STATE_CLOSED -> {}
      case LEASE_STATE_UNSPECIFIED, LEASE_STATE_RESERVED, UNRECOGNIZED ->
          throw new IllegalStateException("a provider's lease in state " + record.state());
    }
  }

  private void recovered(WorkloadNews news) {
    if (heed(news)) {
      goOn();
    }
  }

  /** After a restart: stops what runs of a lease that has lost its cards. */
  void giveWay(List<Workload> found, Set<WorkloadRuntime> unseen, Closing why) {
    workload.mayHideBehind(unseen);
    workload.adoptToStop(found);
    ending.begin(why);
  }

  /** A voucher was booked: it may resume the workload, or settle the lease. */
  void voucherBooked() {
    if (record.state() == LeaseState.LEASE_STATE_SUSPENDED
        && !credit.isOver()
        && !ending.isUnderWay()) {
      resume();
    }
    ending.voucherBooked();
  }

  private void resume() {
    if (record.tryEnter(LeaseState.LEASE_STATE_RUNNING)) {
      credit.resumed();
      usage.schedule();
      changed.run();
      heed(workload.resume());
    }
  }

  /** Does what is due. Cheap when nothing is. */
  void tick() {
    if (!ending.isUnderWay()) {
      heedLedger();
    }
    ending.tick();
    if (!ending.isUnderWay()) {
      tickOpen();
    }
  }

  private void tickOpen() {
    switch (record.state()) {
      case LEASE_STATE_STARTING -> {
        if (workload.workload().isPresent()) {
          enterRunning();
        }
      }
      case LEASE_STATE_RUNNING -> tickRunning();
      case LEASE_STATE_SUSPENDED -> {
        if (heed(workload.look()) && credit.isGivenUp()) {
          ending.begin(
              Closing.because(
                  CloseReason.CLOSE_REASON_UNPAID, "vouchers were missing for too long"));
        }
      }
      case LEASE_STATE_AGREED, LEASE_STATE_CLOSING, LEASE_STATE_CLOSED -> {}
      case LEASE_STATE_UNSPECIFIED, LEASE_STATE_RESERVED, UNRECOGNIZED ->
          throw new IllegalStateException("a provider's lease in state " + record.state());
    }
  }

  private void tickRunning() {
    if (!heed(workload.look())) {
      return;
    }
    if (usage.isUsedUp()) {
      ending.begin(
          Closing.because(CloseReason.CLOSE_REASON_DURATION_ENDED, "the lease's time is over"));
      return;
    }
    if (usage.isDue() && usage.report()) {
      credit.usageTold();
      changed.run();
    }
    if (credit.isPauseDue()) {
      suspend();
    }
  }

  private void suspend() {
    try {
      workload.pause();
    } catch (WorkloadException e) {
      ending.begin(
          Closing.because(
              CloseReason.CLOSE_REASON_UNPAID,
              "a voucher is missing and the workload cannot be paused: " + e.getMessage()));
      return;
    }
    if (usage.reportSuspended()) {
      credit.suspended();
      changed.run();
    } else {
      ledger.held();
    }
  }

  private void heedLedger() {
    switch (ledger.look()) {
      case GO_ON -> {}
      case HOLD -> hold();
      case LET_GO -> heed(workload.resume());
    }
  }

  private void hold() {
    if (workload.workload().isEmpty() || record.state() == LeaseState.LEASE_STATE_SUSPENDED) {
      return;
    }
    try {
      workload.pause();
      ledger.held();
      changed.run();
    } catch (WorkloadException e) {
      ending.begin(
          Closing.because(
              CloseReason.CLOSE_REASON_WORKLOAD_FAILED, String.valueOf(e.getMessage())));
    }
  }

  /** Ends the run and the lease with it, unless they end already. */
  void end(Closing why) {
    ending.begin(why);
  }

  boolean isEnding() {
    return ending.isUnderWay();
  }

  /** Completes when this object has closed the lease. */
  CompletableFuture<Void> closed() {
    return ending.closed();
  }

  /** The lease is closed, and its workload, if it left anything, was kept long enough. */
  boolean isForgettable() {
    return ending.isForgettable();
  }

  Optional<Workload> workload() {
    return workload.workload();
  }

  /** Drops what is left of the workload; says what went wrong. */
  Optional<String> removeRemains() {
    return workload.remove();
  }

  /**
   * Why the run does not go as it should, or how far its start is, in one sentence; empty when
   * there is nothing to tell. Any thread.
   */
  String trouble() {
    String trouble = workload.trouble();
    return trouble.isEmpty() && record.state() == LeaseState.LEASE_STATE_STARTING
        ? startProgress
        : trouble;
  }
}
