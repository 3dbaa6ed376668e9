package org.gpumarket.matcher;

import java.util.Set;

/**
 * What a provider asks for some of its GPUs.
 *
 * @param sequence counts up with every version; the highest replaces the rest
 * @param gpuCount GPUs under this offer
 * @param gpuAvailable how many of them are free, 0 to gpuCount
 * @param resources what comes beside all GPUs together
 * @param minDurationMillis shortest lease
 * @param maxDurationMillis longest lease
 * @param simulated whether there are no real cards behind it
 * @param expireTimeMillis from this time on it does not count; UTC milliseconds
 */
public record Offer(
    OfferKey key,
    long sequence,
    GpuKind gpu,
    int gpuCount,
    int gpuAvailable,
    Price price,
    Region region,
    Resources resources,
    long minDurationMillis,
    long maxDurationMillis,
    Set<RuntimeKind> runtimes,
    boolean simulated,
    long expireTimeMillis) {
  /** How long one version counts at most, from its issue. */
  public static final long MAX_LIFE_MILLIS = 3_600_000;

  /** How far the clocks of two honest nodes may differ. */
  public static final long CLOCK_SKEW_MILLIS = 300_000;

  /**
   * Checks the parts and copies the set.
   *
   * @throws IllegalArgumentException with one sentence when they contradict each other
   */
  public Offer {
    if (gpuCount < 1 || gpuAvailable < 0 || gpuAvailable > gpuCount) {
      throw new IllegalArgumentException(
          "an offer of " + gpuCount + " GPUs cannot have " + gpuAvailable + " free");
    }
    if (minDurationMillis < 0 || maxDurationMillis < minDurationMillis) {
      throw new IllegalArgumentException("an offer's longest lease is shorter than its shortest");
    }
    runtimes = Set.copyOf(runtimes);
  }

  /** The same offer with another number of free GPUs, 0 to gpuCount. */
  Offer withGpuAvailable(int free) {
    return new Offer(
        key,
        sequence,
        gpu,
        gpuCount,
        free,
        price,
        region,
        resources,
        minDurationMillis,
        maxDurationMillis,
        runtimes,
        simulated,
        expireTimeMillis);
  }
}
