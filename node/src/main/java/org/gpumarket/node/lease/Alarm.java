package org.gpumarket.node.lease;

import org.jspecify.annotations.Nullable;

/** A moment of the monotonic clock that is waited for, or none. Used under a lease's lock. */
final class Alarm {
  private final LeaseSurroundings surroundings;
  private @Nullable Deadline at;

  Alarm(LeaseSurroundings surroundings) {
    this.surroundings = surroundings;
  }

  void set(long millisFromNow) {
    at = surroundings.in(millisFromNow);
  }

  /** Keeps the moment that is waited for already. */
  void setIfClear(long millisFromNow) {
    if (at == null) {
      set(millisFromNow);
    }
  }

  void clear() {
    at = null;
  }

  boolean isSet() {
    return at != null;
  }

  /** Set, and over. */
  boolean isDue() {
    return at != null && surroundings.passed(at);
  }

  /** Set, and not over. */
  boolean isAhead() {
    return at != null && !surroundings.passed(at);
  }
}
