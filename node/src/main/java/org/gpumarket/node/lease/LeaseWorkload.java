package org.gpumarket.node.lease;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.gpumarket.node.meter.GpuTimeMeter;
import org.gpumarket.node.runtime.Workload;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.runtime.WorkloadStatus;
import org.jspecify.annotations.Nullable;

/**
 * A lease's workload together with its meter, so that neither goes without the other: the meter
 * counts only while the workload is known to run. Used under the lease's lock.
 */
final class LeaseWorkload {
  private final String leaseId;
  private final GpuTimeMeter meter;
  private @Nullable Workload workload;
  private @Nullable WorkloadRuntime hidingPlace;
  private boolean stopped;

  LeaseWorkload(String leaseId, GpuTimeMeter meter) {
    this.leaseId = leaseId;
    this.meter = meter;
  }

  Optional<Workload> workload() {
    return Optional.ofNullable(workload);
  }

  long gpuMillis() {
    return meter.gpuMillis();
  }

  /** From here on time is billed. */
  void adoptRunning(Workload running) {
    adoptPaused(running);
    meter.start();
  }

  void adoptPaused(Workload paused) {
    workload = paused;
    hidingPlace = null;
    stopped = false;
  }

  /** A runtime that did not answer: the workload may be there, and may run. */
  void mayHideBehind(WorkloadRuntime runtime) {
    hidingPlace = runtime;
  }

  boolean mayHide() {
    return hidingPlace != null;
  }

  /** Stops the count alone, because nobody can see what the workload does. */
  void stopMeter() {
    meter.stop();
  }

  void pause() throws WorkloadException {
    if (workload != null) {
      workload.pause();
    }
    meter.stop();
  }

  void resume() throws WorkloadException {
    if (workload != null) {
      workload.resume();
    }
    meter.start();
  }

  WorkloadStatus status() {
    return workload == null ? new WorkloadStatus.Gone("no workload") : workload.status();
  }

  /**
   * Stops the workload and then the count: what it took to stop was used. One that may hide is
   * looked for first. Safe to repeat.
   *
   * @return what went wrong; the workload is then not known to have stopped, and not billed
   */
  Optional<String> stop(Duration grace) {
    try {
      lookBehind();
      if (workload != null && !stopped) {
        workload.stop(grace);
        stopped = true;
      }
      return Optional.empty();
    } catch (WorkloadException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      meter.stop();
    }
  }

  private void lookBehind() throws WorkloadException {
    if (hidingPlace != null) {
      List<Workload> found = hidingPlace.find();
      hidingPlace = null;
      found.stream()
          .filter(w -> w.leaseId().equals(leaseId))
          .findFirst()
          .ifPresent(this::adoptPaused);
    }
  }

  /** Drops what is left of an ended workload, its logs too. Safe to repeat. */
  Optional<String> remove() {
    try {
      if (workload != null) {
        workload.remove();
        workload = null;
      }
      return Optional.empty();
    } catch (WorkloadException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
