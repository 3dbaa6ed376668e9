package org.gpumarket.matcher;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an offer must have to count. Empty lists and zeros ask for nothing; one GPU and a currency
 * are always asked for, since prices in two currencies cannot be compared.
 *
 * @param currency ISO 4217 letters; offers in another currency do not count
 * @param models any of these short names
 * @param minTier lowest tier, 0 for any
 * @param minVramMib memory of each GPU
 * @param gpuCount GPUs wanted together from one offer, 1 or more
 * @param regions any of these prefixes
 * @param excludedRegions none of these prefixes
 * @param maxPrice the most for one GPU-hour, in the same currency
 * @param resources wanted beside all GPUs together
 * @param durationMillis how long the lease shall be able to last; compared in whole seconds
 * @param runtime how the workload is run
 * @param acceptSimulated whether simulated GPUs will do
 * @param providers any of these node ids
 * @param excludedProviders none of these node ids
 */
public record Requirements(
    String currency,
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
    if (!Price.isCurrency(currency)) {
      throw new IllegalArgumentException("a currency is three letters such as USD");
    }
    if (maxPrice.isPresent() && !maxPrice.get().currency().equals(currency)) {
      throw new IllegalArgumentException(
          "an order in " + currency + " has its highest price in " + maxPrice.get().currency());
    }
    models = Set.copyOf(models);
    regions = List.copyOf(regions);
    excludedRegions = List.copyOf(excludedRegions);
    providers = Set.copyOf(providers);
    excludedProviders = Set.copyOf(excludedProviders);
  }

  /** Asks for one GPU, and for nothing else than that it is paid in this currency. */
  public static Requirements in(String currency) {
    return new Builder(currency).build();
  }

  /** Begins requirements that ask for one GPU at first. */
  public static Builder builder(String currency) {
    return new Builder(currency);
  }

  /** Requirements in the making. Used by one thread. */
  public static final class Builder {
    private final String currency;
    private Set<String> models = Set.of();
    private int minTier;
    private long minVramMib;
    private int gpuCount = 1;
    private List<Region> regions = List.of();
    private List<Region> excludedRegions = List.of();
    private Optional<Price> maxPrice = Optional.empty();
    private Resources resources = Resources.NONE;
    private long durationMillis;
    private Optional<RuntimeKind> runtime = Optional.empty();
    private boolean acceptSimulated;
    private Set<String> providers = Set.of();
    private Set<String> excludedProviders = Set.of();

    private Builder(String currency) {
      this.currency = currency;
    }

    public Builder models(Set<String> any) {
      this.models = any;
      return this;
    }

    public Builder minTier(int tier) {
      this.minTier = tier;
      return this;
    }

    public Builder minVramMib(long mib) {
      this.minVramMib = mib;
      return this;
    }

    public Builder gpuCount(int count) {
      this.gpuCount = count;
      return this;
    }

    public Builder regions(List<Region> any) {
      this.regions = any;
      return this;
    }

    public Builder excludedRegions(List<Region> none) {
      this.excludedRegions = none;
      return this;
    }

    /** Millionths of the currency's unit for one GPU-hour. */
    public Builder maxPriceMicros(long micros) {
      this.maxPrice = Optional.of(new Price(currency, micros));
      return this;
    }

    public Builder resources(Resources least) {
      this.resources = least;
      return this;
    }

    public Builder durationMillis(long millis) {
      this.durationMillis = millis;
      return this;
    }

    public Builder runtime(RuntimeKind kind) {
      this.runtime = Optional.of(kind);
      return this;
    }

    public Builder acceptSimulated(boolean accept) {
      this.acceptSimulated = accept;
      return this;
    }

    public Builder providers(Set<String> any) {
      this.providers = any;
      return this;
    }

    public Builder excludedProviders(Set<String> none) {
      this.excludedProviders = none;
      return this;
    }

    /**
     * The requirements.
     *
     * @throws IllegalArgumentException with one sentence when a number is out of range
     */
    public Requirements build() {
      return new Requirements(
          currency,
          models,
          minTier,
          minVramMib,
          gpuCount,
          regions,
          excludedRegions,
          maxPrice,
          resources,
          durationMillis,
          runtime,
          acceptSimulated,
          providers,
          excludedProviders);
    }
  }
}
