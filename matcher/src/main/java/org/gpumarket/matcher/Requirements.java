package org.gpumarket.matcher;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an offer must have to count. Empty lists and zeros ask for nothing.
 *
 * @param models any of these short names
 * @param minTier lowest tier, 0 for any
 * @param minVramMib memory of each GPU
 * @param gpuCount GPUs wanted together from one offer, 1 or more
 * @param regions any of these prefixes
 * @param excludedRegions none of these prefixes
 * @param maxPrice the most for one GPU-hour; offers in another currency do not count
 * @param resources wanted beside all GPUs together
 * @param durationMillis how long the lease shall be able to last
 * @param runtime how the workload is run
 * @param acceptSimulated whether simulated GPUs will do
 * @param providers any of these node ids
 * @param excludedProviders none of these node ids
 */
public record Requirements(
    Set<String> models,
    int minTier,
    long minVramMib,
    int gpuCount,
    List<Region> regions,
    List<Region> excludedRegions,
    Optional<Price> maxPrice,
    Resources resources,
    long durationMillis,
    Optional<RuntimeKind> runtime,
    boolean acceptSimulated,
    Set<String> providers,
    Set<String> excludedProviders) {
  /** Asks for one GPU and nothing else. */
  public static final Requirements ANY =
      new Requirements(
          Set.of(),
          0,
          0,
          1,
          List.of(),
          List.of(),
          Optional.empty(),
          Resources.NONE,
          0,
          Optional.empty(),
          false,
          Set.of(),
          Set.of());

  /**
   * Checks the numbers and copies the collections.
   *
   * @throws IllegalArgumentException with one sentence when a number is out of range
   */
  public Requirements {
    if (gpuCount < 1) {
      throw new IllegalArgumentException("an order wants one GPU or more");
    }
    if (minTier < 0 || minTier > GpuKind.HIGHEST_TIER || minVramMib < 0 || durationMillis < 0) {
      throw new IllegalArgumentException("an order's tier, memory or duration is out of range");
    }
    models = Set.copyOf(models);
    regions = List.copyOf(regions);
    excludedRegions = List.copyOf(excludedRegions);
    providers = Set.copyOf(providers);
    excludedProviders = Set.copyOf(excludedProviders);
  }
}
