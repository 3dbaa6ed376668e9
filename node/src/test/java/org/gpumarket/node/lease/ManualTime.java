package org.gpumarket.node.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Time and threads that a test owns: nothing moves unless the test says so. */
final class ManualTime implements Executor {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private long nanos = 1_000_000_000L;

  long nanoTime() {
    return nanos;
  }

  /** A wall clock that is off by so much. */
  InstantSource clock(Duration off) {
    return () -> Instant.ofEpochMilli(1_800_000_000_000L).plusNanos(nanos).plus(off);
  }

  void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  void runAll() {
    Runnable task = tasks.poll();
    while (task != null) {
      task.run();
      task = tasks.poll();
    }
  }

  /** Runs the task that waits longest, if there is one. */
  void runOne() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
  }

  /** What was under way dies with the process. */
  void dropAll() {
    tasks.clear();
  }
}
