package org.gpumarket.node.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TickerTest {
  @Test
  void aCallThatFailsInWhateverWayIsTriedAgain() throws Exception {
    CountDownLatch calls = new CountDownLatch(3);
    try (Ticker ticker = new Ticker()) {
      ticker.every(
          Duration.ofMillis(1),
          () -> {
            calls.countDown();
            throw new NoClassDefFoundError("as when the program is built anew while it runs");
          });

      assertThat(calls.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
