package org.gpumarket.node.lease;

/**
 * When a lease's provider is called: one call at a time, later after each that failed, and for how
 * long at all. Used under the lease's lock.
 */
final class CallSchedule {
  private final Backoff backoff;
  private final Alarm giveUp;
  private final Alarm newsBy;
  private boolean calling;

  CallSchedule(LeaseSurroundings surroundings) {
    this.backoff = new Backoff(surroundings);
    this.giveUp = new Alarm(surroundings);
    this.newsBy = new Alarm(surroundings);
  }

  /** True for whoever may call now; it is to say when it is over. */
  boolean begin() {
    boolean mine = !calling;
    calling = true;
    return mine;
  }

  void over() {
    calling = false;
  }

  boolean isCalling() {
    return calling;
  }

  /** Nobody calls, and the last failure was long enough ago. */
  boolean isFree() {
    return !calling && backoff.isOver();
  }

  /** There is something new to say: not to wait any longer, and to be patient anew. */
  void hurry() {
    backoff.succeeded();
    giveUp.clear();
  }

  /** The provider was heard, which is not all that is wanted of it. */
  void answered() {
    backoff.succeeded();
    newsBy.clear();
  }

  /** Whether nothing was heard for so long since this was asked first, or since the last word. */
  boolean isSilentFor(long millis) {
    newsBy.setIfClear(millis);
    return newsBy.isDue();
  }

  /** The provider was heard. */
  void reached() {
    answered();
    giveUp.clear();
  }

  void failed() {
    backoff.failed();
    newsBy.clear();
  }

  /** The provider is given up unless it is heard within this time of the first such wish. */
  void giveUpWithin(long millis) {
    giveUp.setIfClear(millis);
  }

  boolean isGivenUp() {
    return giveUp.isDue();
  }
}
