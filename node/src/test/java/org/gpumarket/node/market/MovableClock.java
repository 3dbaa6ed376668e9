package org.gpumarket.node.market;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands until the test moves it. */
final class MovableClock implements InstantSource {
  private long millis;

  MovableClock(long millis) {
    this.millis = millis;
  }

  void advance(Duration duration) {
    millis += duration.toMillis();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis);
  }
}
