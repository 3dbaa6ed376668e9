package org.gpumarket.node.lease;

/**
 * The terms that a provider puts into its quotes.
 *
 * @param intervalMillis how often usage is told and a voucher is due
 * @param graceMillis how long a due voucher may be late before the pause, and again before the end
 */
public record ProviderTerms(long intervalMillis, long graceMillis) {
  /** What the node uses unless its owner says otherwise: a voucher a minute, a minute late. */
  public static final ProviderTerms DEFAULT = new ProviderTerms(60_000, 60_000);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is outside of 100 ms to an hour
   */
  public ProviderTerms {
    require(intervalMillis);
    require(graceMillis);
  }

  private static void require(long millis) {
    if (millis < LeaseLimits.MIN_INTERVAL_MILLIS || millis > LeaseLimits.MAX_INTERVAL_MILLIS) {
      throw new IllegalArgumentException("interval and grace time are 100 ms to an hour");
    }
  }
}
