package org.gpumarket.ledger;

/**
 * How a ledger shall be checked.
 *
 * @param scope how much
 * @param threads how many threads compute, the caller's own among them; 1 to {@link #MAX_THREADS}.
 *     What is found does not depend on it
 * @param progress hears how far it has come
 */
public record VerifyPlan(VerifyScope scope, int threads, VerifyProgress progress) {
  /** More threads only wait for the one that replays the books. */
  public static final int MAX_THREADS = 64;

  /**
   * Checks the count.
   *
   * @throws IllegalArgumentException when it is out of range
   */
  public VerifyPlan {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("verifying takes 1 to " + MAX_THREADS + " threads");
    }
  }

  /** This much, on every processor there is. */
  public static VerifyPlan of(VerifyScope scope) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new VerifyPlan(scope, Math.min(processors, MAX_THREADS), (_, _) -> {});
  }

  /** Everything, on every processor there is. */
  public static VerifyPlan full() {
    return of(VerifyScope.FULL);
  }

  public VerifyPlan withThreads(int count) {
    return new VerifyPlan(scope, count, progress);
  }

  public VerifyPlan withProgress(VerifyProgress listener) {
    return new VerifyPlan(scope, threads, listener);
  }
}
