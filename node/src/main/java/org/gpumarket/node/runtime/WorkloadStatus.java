package org.gpumarket.node.runtime;

/** How a workload is. */
public sealed interface WorkloadStatus {
  record Running() implements WorkloadStatus {}

  record Paused() implements WorkloadStatus {}

  /** It ended by itself, or was stopped. */
  record Exited(int code) implements WorkloadStatus {}

  /** Nothing is known of it any more: one sentence why. */
  record Gone(String why) implements WorkloadStatus {}
}
