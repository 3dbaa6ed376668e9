package org.gpumarket.node.lease;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What the state machines need of the world, so that a test or a simulation owns it.
 *
 * @param clock wall clock, only for times that people read and that travel in messages
 * @param nanoTime monotonic clock of every deadline, as {@link System#nanoTime}
 * @param executor runs what may block, each task on a thread of its own (virtual threads)
 * @param random draws ids
 */
public record LeaseSurroundings(
    InstantSource clock, LongSupplier nanoTime, Executor executor, SecureRandom random) {
  long unixMillis() {
    return clock.millis();
  }

  Deadline in(long millis) {
    return Deadline.after(nanoTime.getAsLong(), millis);
  }

  boolean passed(Deadline deadline) {
    return deadline.passed(nanoTime.getAsLong());
  }
}
