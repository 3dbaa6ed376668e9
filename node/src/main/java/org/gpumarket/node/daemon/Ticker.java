package org.gpumarket.node.daemon;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls what waits for time, again and again, on one thread. */
final class Ticker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ticker").daemon().factory());

  /**
   * Calls it every so often until the end. A call that fails, in whatever way, is told and tried
   * again: a workload whose lease nobody looked after would run on unbilled.
   */
  void every(Duration period, Runnable call) {
    Runnable safe =
        () -> {
          try {
            call.run();
          } catch (RuntimeException | Error e) {
            LOG.error("a regular task failed and will be tried again", e);
          }
        };
    var _ =
        thread.scheduleWithFixedDelay(
            safe, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
