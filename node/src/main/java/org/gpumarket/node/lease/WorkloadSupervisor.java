package org.gpumarket.node.lease;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.gpumarket.node.meter.GpuTimeMeter;
import org.gpumarket.node.runtime.Workload;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadOrder;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.runtime.WorkloadStatus;
import org.gpumarket.v1.CloseReason;
import org.gpumarket.v1.WorkloadSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the workload of one lease as the lease wants it, running or paused, through outages of its
 * runtime and restarts of the node.
 *
 * <p>Guarantees: time counts only while the workload is known to run; what is wanted during an
 * outage is done when the runtime is back; {@link #stop} answers well only when nothing runs for
 * sure. It knows no rows and no vouchers. Used under the lease's lock, but for {@link #launch}.
 */
final class WorkloadSupervisor {
  private static final Logger log = LoggerFactory.getLogger(WorkloadSupervisor.class);

  private final LeaseTerms terms;
  private final WorkloadSpec spec;
  private final RigRuntimes runtimes;
  private final LeaseSurroundings surroundings;
  private final Consumer<Workload> onEnd;
  private final LeaseWorkload workload;
  private final EngineWatch engine;
  private Wanted wanted = Wanted.RUNNING;
  private boolean launching;

  /**
   * A supervisor of nothing yet.
   *
   * @param gpuMillisSoFar what was counted before
   * @param onEnd told on a thread of its own when a workload has ended or is gone; pass it on to
   *     {@link #endOf} under the lock
   */
  WorkloadSupervisor(
      LeaseTerms terms,
      WorkloadSpec spec,
      long gpuMillisSoFar,
      RigRuntimes runtimes,
      LeaseSurroundings surroundings,
      Consumer<Workload> onEnd) {
    this.terms = terms;
    this.spec = spec;
    this.runtimes = runtimes;
    this.surroundings = surroundings;
    this.onEnd = onEnd;
    this.workload =
        new LeaseWorkload(
            terms.leaseId(),
            new GpuTimeMeter(terms.gpus().size(), gpuMillisSoFar, surroundings.nanoTime()));
    this.engine = new EngineWatch(this::engineProblem, terms.graceMillis(), surroundings);
  }

  private enum Wanted {
    RUNNING,
    PAUSED
  }

  /** What {@link #launch} came to. */
  sealed interface Launch {
    record Started(Workload workload) implements Launch {}

    record Failed(String sentence) implements Launch {}
  }

  long gpuMillis() {
    return workload.gpuMillis();
  }

  Optional<Workload> workload() {
    return workload.workload();
  }

  boolean isLaunching() {
    return launching;
  }

  /** Why the workload is out of sight; empty when it is not. Any thread may ask. */
  String trouble() {
    return engine.trouble();
  }

  /** From here on {@link #stop} does not answer for what {@link #launch} may bring. */
  void beginLaunch() {
    launching = true;
  }

  /**
   * Starts the workload, or finds it running. May take as long as an image: no lock is held.
   *
   * @param progress told now and then how far it is, in one sentence
   */
  Launch launch(Consumer<String> progress) {
    try {
      return new Launch.Started(
          runtimes
              .runtime(spec.getRuntime())
              .start(
                  new WorkloadOrder(terms.leaseId(), spec, runtimes.grant(terms.gpus())),
                  progress));
    } catch (WorkloadException e) {
      return new Launch.Failed(String.valueOf(e.getMessage()));
    }
  }

  /** The launch is over, and nothing came of it. */
  void launchFailed() {
    launching = false;
  }

  /** The workload runs, and is wanted: from here on time counts. */
  void launched(Workload started) {
    launching = false;
    workload.adoptRunning(started);
    follow(started);
  }

  /** The workload runs, and is not wanted any more. */
  void launchedTooLate(Workload started) {
    launching = false;
    workload.adoptPaused(started);
  }

  private void follow(Workload started) {
    var _ =
        started.ended().thenRun(() -> surroundings.executor().execute(() -> onEnd.accept(started)));
  }

  /** What the end of a workload means; nothing where it is no longer the lease's. */
  WorkloadNews endOf(Workload which) {
    return workload.workload().filter(which::equals).isPresent()
        ? judge(workload.status())
        : new WorkloadNews.AsWanted();
  }

  private WorkloadNews judge(WorkloadStatus status) {
    return switch (status) {
      case WorkloadStatus.Running _, WorkloadStatus.Paused _ -> new WorkloadNews.AsWanted();
      case WorkloadStatus.Exited exited -> new WorkloadNews.Ended(Closing.completed(exited.code()));
      case WorkloadStatus.Gone gone -> lostOrFailed(gone.why());
    };
  }

  /** What failed while the runtime does not answer may have failed only for that. */
  private WorkloadNews lostOrFailed(String sentence) {
    Optional<String> problem = engine.problem();
    return problem.isPresent() ? loseSight(problem.get()) : failed(sentence);
  }

  private WorkloadNews loseSight(String problem) {
    if (engine.isAway()) {
      return new WorkloadNews.OutOfSight();
    }
    engine.lost(problem);
    return lostSight();
  }

  private WorkloadNews lostSight() {
    workload.stopMeter();
    log.warn("Lease {}: {}; not billed meanwhile", terms.leaseId(), engine.trouble());
    return new WorkloadNews.LostSight();
  }

  private static WorkloadNews failed(String sentence) {
    return new WorkloadNews.Ended(
        Closing.because(CloseReason.CLOSE_REASON_WORKLOAD_FAILED, sentence));
  }

  /** Looks whether the runtime answers; one that is back is asked what became of the workload. */
  WorkloadNews look() {
    return switch (engine.look()) {
      case ANSWERS -> new WorkloadNews.AsWanted();
      case GOES -> lostSight();
      case AWAY -> new WorkloadNews.OutOfSight();
      case RETURNS -> welcomeBack();
      case GIVEN_UP -> failed(engine.trouble());
    };
  }

  private WorkloadNews welcomeBack() {
    List<Workload> found;
    try {
      found = runtimes.runtime(spec.getRuntime()).find();
    } catch (WorkloadException e) {
      engine.lost(String.valueOf(e.getMessage()));
      return engine.isGivenUp() ? failed(engine.trouble()) : new WorkloadNews.OutOfSight();
    }
    engine.found();
    WorkloadNews news = adopt(found);
    return news instanceof WorkloadNews.AsWanted ? new WorkloadNews.BackInSight() : news;
  }

  /** A workload of a runtime that did not answer at the node's start may be there, and run. */
  void mayHideBehind(Set<WorkloadRuntime> unseen) {
    unseen.stream()
        .filter(runtime -> runtime.kind() == spec.getRuntime())
        .forEach(workload::mayHideBehind);
  }

  /** Whether the lease's own workload is among these. */
  boolean isAmong(List<Workload> found) {
    return own(found).isPresent();
  }

  private Optional<Workload> own(List<Workload> found) {
    return found.stream().filter(w -> w.leaseId().equals(terms.leaseId())).findFirst();
  }

  /** Takes the lease's own workload, as it is, only to stop it. */
  void adoptToStop(List<Workload> found) {
    own(found).ifPresent(workload::adoptPaused);
  }

  WorkloadNews adoptRunning(List<Workload> found) {
    wanted = Wanted.RUNNING;
    return adopt(found);
  }

  WorkloadNews adoptPaused(List<Workload> found) {
    wanted = Wanted.PAUSED;
    return adopt(found);
  }

  private WorkloadNews adopt(List<Workload> found) {
    Optional<Workload> own = own(found);
    if (own.isEmpty()) {
      return missing();
    }
    workload.adoptPaused(own.get());
    WorkloadStatus status = own.get().status();
    WorkloadNews news = judge(status);
    if (!(news instanceof WorkloadNews.AsWanted)) {
      return news;
    }
    try {
      bringTo(wanted, own.get(), status);
    } catch (WorkloadException e) {
      return failed(String.valueOf(e.getMessage()));
    }
    follow(own.get());
    return news;
  }

  private void bringTo(Wanted posture, Workload own, WorkloadStatus now) throws WorkloadException {
    switch (posture) {
      case RUNNING -> {
        if (now instanceof WorkloadStatus.Paused) {
          own.resume();
        }
        workload.adoptRunning(own);
      }
      case PAUSED -> {
        if (now instanceof WorkloadStatus.Running) {
          own.pause();
        }
      }
    }
  }

  private WorkloadNews missing() {
    if (workload.mayHide() && engine.problem().isEmpty()) {
      return loseSight("the runtime did not say what it runs");
    }
    return lostOrFailed("the workload was gone when the node came back");
  }

  /** Holds the workload and the count, at once or when its runtime is back. */
  void pause() throws WorkloadException {
    wanted = Wanted.PAUSED;
    if (!engine.isAway()) {
      workload.pause();
    }
  }

  /** Lets the workload go on, at once or when its runtime is back. */
  WorkloadNews resume() {
    wanted = Wanted.RUNNING;
    if (engine.isAway()) {
      return new WorkloadNews.OutOfSight();
    }
    try {
      workload.resume();
      return new WorkloadNews.AsWanted();
    } catch (WorkloadException e) {
      return lostOrFailed(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Stops the workload and the count; safe to repeat.
   *
   * @return what went wrong: then it may still run
   */
  Optional<String> stop(Duration grace) {
    return workload.stop(grace);
  }

  /** Drops what is left of an ended workload; safe to repeat. */
  Optional<String> remove() {
    return workload.remove();
  }

  private Optional<String> engineProblem() {
    try {
      return runtimes.runtime(spec.getRuntime()).problem();
    } catch (WorkloadException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
