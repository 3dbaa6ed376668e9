package org.gpumarket.node.lease;

import java.util.function.LongSupplier;
import org.gpumarket.node.meter.GpuTimeMeter;
import org.gpumarket.v1.LeaseState;

/**
 * What a lease has used up to now as its consumer sees it: the last report, and the time since that
 * came or since the workload was heard to run. For people to look at; nothing is signed for it.
 * Safe for use by several threads.
 */
final class RunEstimate {
  private final LeaseRecord record;
  private final LongSupplier nanoTime;
  private long sequence = -1;
  private GpuTimeMeter meter;

  RunEstimate(LeaseRecord record, LongSupplier nanoTime) {
    this.record = record;
    this.nanoTime = nanoTime;
    this.meter = meter();
    heard();
  }

  /** The record may have changed. */
  synchronized void heard() {
    if (record.usage().getSequence() != sequence) {
      sequence = record.usage().getSequence();
      meter = meter();
    }
    if (record.state() == LeaseState.LEASE_STATE_RUNNING) {
      meter.start();
    } else {
      meter.stop();
    }
  }

  /** GPU-milliseconds, never more than the lease may use. */
  synchronized long gpuMillis() {
    return Math.min(meter.gpuMillis(), record.mostGpuMillis());
  }

  private GpuTimeMeter meter() {
    return new GpuTimeMeter(record.terms().gpus().size(), record.usage().getGpuMillis(), nanoTime);
  }
}
