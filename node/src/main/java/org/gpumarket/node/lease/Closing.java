package org.gpumarket.node.lease;

import java.time.Duration;
import java.util.Optional;
import org.gpumarket.v1.CloseReason;

/**
 * Why and how a lease ends.
 *
 * @param exitCode the workload's own, where it ended by itself
 * @param stopGrace how long the workload may take to end by itself
 */
record Closing(CloseReason reason, String detail, Optional<Integer> exitCode, Duration stopGrace) {
  Closing(CloseReason reason, String detail, Optional<Integer> exitCode) {
    this(reason, detail, exitCode, LeaseLimits.STOP_GRACE);
  }

  static Closing because(CloseReason reason, String detail) {
    return new Closing(reason, detail, Optional.empty());
  }

  static Closing completed(int exitCode) {
    return new Closing(
        CloseReason.CLOSE_REASON_COMPLETED,
        "the workload ended with status " + exitCode,
        Optional.of(exitCode));
  }

  static Closing shutdown() {
    return new Closing(
        CloseReason.CLOSE_REASON_PROVIDER,
        "the provider's node ends",
        Optional.empty(),
        LeaseLimits.SHUTDOWN_STOP_GRACE);
  }
}
