package org.gpumarket.matcher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order's requirements, laid out for the index: amounts, bits, and what is left to look at. Used
 * by one thread, again and again.
 */
final class Query {
  private static final List<Criterion> AMOUNTS =
      List.of(Criterion.PROCESSORS, Criterion.MEMORY, Criterion.DISK, Criterion.DURATION);

  /** Regions remembered in a query, a power of two: more than a market usually has. */
  private static final int REGIONS_KNOWN = 256;

  private Requirements wanted;
  private @Nullable Criterion skipped;
  private long nowMillis;
  private long highestPrice;
  private final int[] measures = new int[Measure.COUNT + 1];
  private final int[] least = new int[Measure.COUNT + 1];
  private int count;
  private long anyRegion;
  private long runtime;
  private long anyProvider;

  /** No requirement asks where it is; none asks whose it is. */
  private boolean anyWhere;

  private boolean ofAny;

  /** What was found out about regions in this query, by their keys; others share the slots. */
  private final long[] regionKeys = new long[REGIONS_KNOWN];

  private final boolean[] regionFits = new boolean[REGIONS_KNOWN];
  private final long[] regionQuery = new long[REGIONS_KNOWN];
  private long queries;

  Query(Requirements wanted, long nowMillis) {
    this.wanted = wanted;
    set(wanted, null, nowMillis);
  }

  /** Asks for all requirements but one; null asks for all. */
  void set(Requirements requirements, @Nullable Criterion skip, long now) {
    wanted = requirements;
    skipped = skip;
    nowMillis = now;
    queries++;
    highestPrice =
        skip == Criterion.PRICE || wanted.maxPrice().isEmpty()
            ? Long.MAX_VALUE - 1
            : wanted.maxPrice().get().microsPerGpuHour();
    count = 0;
    for (int measure = 0; measure < Measure.COUNT; measure++) {
      int amount = Criterion.least(Measure.at(measure), wanted);
      if (amount > 0 && (skip == null || !skip.measures().contains(Measure.at(measure)))) {
        measures[count] = measure;
        least[count++] = amount;
      }
    }
    anyWhere =
        skip == Criterion.REGION
            || (wanted.regions().isEmpty() && wanted.excludedRegions().isEmpty());
    ofAny =
        skip == Criterion.PROVIDER
            || (wanted.providers().isEmpty() && wanted.excludedProviders().isEmpty());
    anyRegion = skip == Criterion.REGION ? 0 : Traits.wanted(wanted.regions());
    runtime =
        skip == Criterion.RUNTIME || wanted.runtime().isEmpty()
            ? 0
            : Traits.of(wanted.runtime().get());
    anyProvider =
        skip == Criterion.PROVIDER || wanted.providers().isEmpty()
            ? 0
            : Traits.wantedProviders(wanted.providers());
  }

  Requirements wanted() {
    return wanted;
  }

  boolean skips(Criterion criterion) {
    return skipped == criterion;
  }

  long nowMillis() {
    return nowMillis;
  }

  /** The highest price that fits, in micro-units; below {@link Long#MAX_VALUE}. */
  long highestPrice() {
    return highestPrice;
  }

  /** Asks for more of a measure that no requirement left in the query is about. */
  void demand(Measure measure, int amount) {
    int at = count;
    for (int i = 0; i < count; i++) {
      if (measures[i] == measure.number()) {
        at = i;
      }
    }
    measures[at] = measure.number();
    least[at] = amount;
    count = Math.max(count, at + 1);
  }

  /** Whether offers of this bucket may fit. */
  boolean admits(Bucket.@Nullable Key key) {
    return key == null || failed(key) == null;
  }

  /** The first requirement that all offers of a bucket fail. */
  @Nullable Criterion failed(Bucket.Key key) {
    if (skipped != Criterion.SIMULATED && key.simulated() && !wanted.acceptSimulated()) {
      return Criterion.SIMULATED;
    }
    if (skipped != Criterion.CURRENCY && !key.currency().equals(wanted.currency())) {
      return Criterion.CURRENCY;
    }
    if (skipped != Criterion.MODEL
        && !wanted.models().isEmpty()
        && !wanted.models().contains(key.gpu().model())) {
      return Criterion.MODEL;
    }
    if (skipped != Criterion.TIER && key.gpu().tier() < wanted.minTier()) {
      return Criterion.TIER;
    }
    if (skipped != Criterion.VRAM && key.gpu().vramMib() < wanted.minVramMib()) {
      return Criterion.VRAM;
    }
    return null;
  }

  /** Whether a subtree may have an offer that fits. */
  boolean mayFit(Inner inner, int child) {
    long traits = inner.traits(child);
    if ((anyRegion != 0 && (traits & anyRegion) == 0)
        || (traits & runtime) != runtime
        || (anyProvider != 0 && (traits & anyProvider) == 0)) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (inner.highest(child, measures[i]) < least[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether an offer fits, prices aside. */
  boolean fits(Leaf leaf, int at, boolean mixed) {
    if (leaf.expireMillis[at] <= nowMillis) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (leaf.amount(at, measures[i]) < least[i]) {
        return false;
      }
    }
    Profile profile = leaf.profile[at];
    return (profile.traits & runtime) == runtime
        && (anyRegion == 0 || (profile.traits & anyRegion) != 0)
        && inRegion(profile)
        && (ofAny || ofProvider(leaf.provider[at].id))
        && (!mixed || admits(profile.kind));
  }

  /** The first requirement that an offer fails; expiry is not one. */
  @Nullable Criterion failed(Leaf leaf, int at) {
    Profile profile = leaf.profile[at];
    Criterion ofKind = failed(profile.kind);
    if (ofKind != null) {
      return ofKind;
    }
    if (leaf.price[at] > highestPrice) {
      return Criterion.PRICE;
    }
    if (lacks(Criterion.GPU_COUNT, leaf, at)) {
      return Criterion.GPU_COUNT;
    }
    if (!inRegion(profile)) {
      return Criterion.REGION;
    }
    for (Criterion amount : AMOUNTS) {
      if (lacks(amount, leaf, at)) {
        return amount;
      }
    }
    if ((profile.traits & runtime) != runtime) {
      return Criterion.RUNTIME;
    }
    return ofProvider(leaf.provider[at].id) ? null : Criterion.PROVIDER;
  }

  private boolean lacks(Criterion criterion, Leaf leaf, int at) {
    List<Measure> of = criterion.measures();
    for (int i = 0; i < of.size(); i++) {
      if (leaf.amount(at, of.get(i).number()) < Criterion.least(of.get(i), wanted)) {
        return true;
      }
    }
    return false;
  }

  private boolean inRegion(Profile profile) {
    if (anyWhere) {
      return true;
    }
    int slot = (int) profile.regionKey & (REGIONS_KNOWN - 1);
    if (regionQuery[slot] != queries || regionKeys[slot] != profile.regionKey) {
      regionQuery[slot] = queries;
      regionKeys[slot] = profile.regionKey;
      regionFits[slot] = inRegion(profile.terms.region());
    }
    return regionFits[slot];
  }

  private boolean inRegion(Region region) {
    return (wanted.regions().isEmpty() || within(region, wanted.regions()))
        && !within(region, wanted.excludedRegions());
  }

  private boolean ofProvider(String id) {
    return ofAny
        || ((wanted.providers().isEmpty() || wanted.providers().contains(id))
            && (wanted.excludedProviders().isEmpty() || !wanted.excludedProviders().contains(id)));
  }

  private static boolean within(Region region, List<Region> any) {
    for (int i = 0; i < any.size(); i++) {
      if (region.within(any.get(i))) {
        return true;
      }
    }
    return false;
  }
}
