package org.gpumarket.node.lease;

/**
 * A moment of the monotonic clock.
 *
 * @param nanos comparable by difference only, as with {@link System#nanoTime}
 */
record Deadline(long nanos) {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Longest wait that is counted, in milliseconds: 100 years would overflow. */
  private static final long MAX_MILLIS = 3_650L * 24 * 3_600_000;

  static Deadline after(long nowNanos, long millis) {
    return new Deadline(nowNanos + Math.clamp(millis, 0, MAX_MILLIS) * NANOS_PER_MILLI);
  }

  boolean passed(long nowNanos) {
    return nowNanos - nanos >= 0;
  }
}
