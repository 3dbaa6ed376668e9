package org.gpumarket.node.lease;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the runtime of one lease answers, and for how long it has not. Used under the lease's
 * lock.
 */
final class EngineWatch {
  private final Supplier<Optional<String>> engine;
  private final long graceMillis;
  private final Alarm nextLook;
  private final Alarm backBy;
  private volatile String trouble = "";

  /**
   * A watch that has seen nothing wrong.
   *
   * @param engine why the runtime cannot be used now; empty when all is well
   * @param graceMillis how long it may be away
   */
  EngineWatch(Supplier<Optional<String>> engine, long graceMillis, LeaseSurroundings surroundings) {
    this.engine = engine;
    this.graceMillis = graceMillis;
    this.nextLook = new Alarm(surroundings);
    this.backBy = new Alarm(surroundings);
  }

  /** What it has seen. */
  enum Sight {
    ANSWERS,
    /** It does not answer since just now. */
    GOES,
    AWAY,
    /** It was away and answers. Away until {@link #found} is called. */
    RETURNS,
    /** Away for longer than the grace time. */
    GIVEN_UP
  }

  /** Looks at the engine at most once in {@link LeaseLimits#ENGINE_CHECK_MILLIS}. */
  Sight look() {
    if (nextLook.isAhead()) {
      return isAway() ? Sight.AWAY : Sight.ANSWERS;
    }
    nextLook.set(LeaseLimits.ENGINE_CHECK_MILLIS);
    Optional<String> problem = problem();
    if (problem.isEmpty()) {
      return isAway() ? Sight.RETURNS : Sight.ANSWERS;
    }
    if (isAway()) {
      return backBy.isDue() ? Sight.GIVEN_UP : Sight.AWAY;
    }
    lost(problem.get());
    return Sight.GOES;
  }

  /** Asks the engine now. */
  Optional<String> problem() {
    return engine.get();
  }

  /** It does not answer; the grace time runs from when this was first noted. */
  void lost(String why) {
    trouble = why;
    backBy.setIfClear(graceMillis);
  }

  void found() {
    trouble = "";
    backBy.clear();
  }

  boolean isAway() {
    return backBy.isSet();
  }

  boolean isGivenUp() {
    return backBy.isDue();
  }

  /** Why it is away, in one sentence; empty when it is not. Any thread may ask. */
  String trouble() {
    return trouble;
  }
}
