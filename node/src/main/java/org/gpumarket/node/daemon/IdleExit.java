package org.gpumarket.node.daemon;

import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** Ends a node that has had no lease for a while. Used by one thread. */
final class IdleExit {
  private final Duration after;
  private final IntSupplier openLeases;
  private final LongSupplier nanoTime;
  private final Runnable end;
  private long idleSince;

  /**
   * Watches from now on.
   *
   * @param after how long without a lease; zero never ends the node
   * @param end ends it
   */
  IdleExit(Duration after, IntSupplier openLeases, LongSupplier nanoTime, Runnable end) {
    this.after = after;
    this.openLeases = openLeases;
    this.nanoTime = nanoTime;
    this.end = end;
    this.idleSince = nanoTime.getAsLong();
  }

  void tick() {
    long now = nanoTime.getAsLong();
    if (openLeases.getAsInt() > 0) {
      idleSince = now;
    } else if (!after.isZero() && now - idleSince >= after.toNanos()) {
      end.run();
    }
  }
}
