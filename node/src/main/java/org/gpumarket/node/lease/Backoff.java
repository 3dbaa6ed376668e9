package org.gpumarket.node.lease;

import org.jspecify.annotations.Nullable;

/** When a peer that did not answer is called again: each time later. Used under a lease's lock. */
final class Backoff {
  private final LeaseSurroundings surroundings;
  private long nextMillis = LeaseLimits.FIRST_RETRY_MILLIS;
  private @Nullable Deadline retryAt;

  Backoff(LeaseSurroundings surroundings) {
    this.surroundings = surroundings;
  }

  boolean isOver() {
    return retryAt == null || surroundings.passed(retryAt);
  }

  void failed() {
    retryAt = surroundings.in(nextMillis);
    nextMillis = Math.min(nextMillis * 2, LeaseLimits.LONGEST_RETRY_MILLIS);
  }

  void succeeded() {
    retryAt = null;
    nextMillis = LeaseLimits.FIRST_RETRY_MILLIS;
  }
}
