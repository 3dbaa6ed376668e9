package org.gpumarket.node.meter;

import java.util.function.LongSupplier;

/**
 * Counts GPU-milliseconds of one lease while its workload runs. A started millisecond counts; time
 * in which the meter did not exist never does. Safe for use by several threads.
 */
public final class GpuTimeMeter {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final int gpus;
  private final LongSupplier nanoTime;
  private final long maxMillis;
  private long runNanos;
  private long startedAt;
  private boolean running;

  /**
   * A meter that stands still.
   *
   * @param gpus how many cards count, 1 or more
   * @param gpuMillisSoFar what was counted before, by a meter that is gone
   * @param nanoTime a clock that never goes back, as {@link System#nanoTime}
   */
  public GpuTimeMeter(int gpus, long gpuMillisSoFar, LongSupplier nanoTime) {
    if (gpus < 1 || gpuMillisSoFar < 0) {
      throw new IllegalArgumentException("a meter counts one card or more, from 0 up");
    }
    this.gpus = gpus;
    this.nanoTime = nanoTime;
    this.runNanos = gpuMillisSoFar / gpus * NANOS_PER_MILLI;
    this.maxMillis = Long.MAX_VALUE / NANOS_PER_MILLI;
  }

  /** Counts from now on. Starting a meter that runs changes nothing. */
  public synchronized void start() {
    if (!running) {
      running = true;
      startedAt = nanoTime.getAsLong();
    }
  }

  /** Stands still from now on. */
  public synchronized void stop() {
    if (running) {
      runNanos += nanoTime.getAsLong() - startedAt;
      running = false;
    }
  }

  /** How long the workload has run, in milliseconds, a started one counted whole. */
  public synchronized long runMillis() {
    long nanos = runNanos + (running ? nanoTime.getAsLong() - startedAt : 0);
    return Math.min(maxMillis, Math.ceilDiv(nanos, NANOS_PER_MILLI));
  }

  /** {@link #runMillis} times the cards. */
  public long gpuMillis() {
    return Math.multiplyExact(runMillis(), (long) gpus);
  }
}
