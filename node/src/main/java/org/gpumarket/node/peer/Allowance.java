package org.gpumarket.node.peer;

import java.util.function.LongSupplier;

/**
 * How much of something a peer may do: so many at once, and one more after every so much time
 * without. Used by one thread at a time.
 */
public final class Allowance {
  private final int most;
  private final long refillNanos;
  private final LongSupplier nanoTime;
  private int left;
  private long countedNanos;

  /**
   * A full allowance.
   *
   * @param most how many at once
   * @param refillNanos time in which one comes back
   * @param nanoTime a monotonic clock, such as {@link System#nanoTime}
   */
  public Allowance(int most, long refillNanos, LongSupplier nanoTime) {
    this.most = most;
    this.refillNanos = refillNanos;
    this.nanoTime = nanoTime;
    this.left = most;
    this.countedNanos = nanoTime.getAsLong();
  }

  /** Takes one; false when none is left. */
  public boolean take() {
    long refilled = (nanoTime.getAsLong() - countedNanos) / refillNanos;
    countedNanos += refilled * refillNanos;
    left = (int) Math.min(most, left + refilled);
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }
}
