package org.gpumarket.node.runtime;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.gpumarket.v1.LeasedGpu;

/** Something that runs under a lease. Safe for use by several threads. */
public interface Workload {
  String leaseId();

  /** The cards it was given, with their epochs. */
  List<LeasedGpu> gpus();

  /** The runtime's own words by which it is found again. */
  String handle();

  /** How it is at this moment. */
  WorkloadStatus status();

  /** Holds it: nothing of it runs until {@link #resume}. */
  void pause() throws WorkloadException;

  void resume() throws WorkloadException;

  /** Asks it to end, and ends it when the grace is over. Returns when nothing of it runs. */
  void stop(Duration grace) throws WorkloadException;

  /** Ends it and forgets all it left, its output too. */
  void remove() throws WorkloadException;

  /**
   * Shows its output; blocks, and ends early when the sink wants no more or the thread is
   * interrupted.
   *
   * @param follow whether to wait for more while it runs
   * @param tailLines how many of the last lines; 0 for all that are kept
   */
  void streamLogs(boolean follow, int tailLines, LogSink sink) throws WorkloadException;

  /** Completes when it has ended or is gone. */
  CompletableFuture<WorkloadStatus> ended();
}
