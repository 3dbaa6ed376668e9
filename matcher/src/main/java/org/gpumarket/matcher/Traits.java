package org.gpumarket.matcher;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Kinds of things as bits, so that a subtree of the index can say in one word what none of its
 * offers is. Bits are shared by hashing: a bit that is set means "perhaps", one that is not means
 * "surely not". From the right: 2 bits for runtimes, 16 for continents, 24 for countries, 22 for
 * providers.
 */
final class Traits {
  private static final int CONTINENT_AT = 2;
  private static final int CONTINENTS = 16;
  private static final int COUNTRY_AT = CONTINENT_AT + CONTINENTS;
  private static final int COUNTRIES = 24;
  private static final int PROVIDER_AT = COUNTRY_AT + COUNTRIES;
  private static final int PROVIDERS = Long.SIZE - PROVIDER_AT;
  private static final int CONTINENT_CHARS = 2;
  private static final int COUNTRY_CHARS = 5;

  private Traits() {}

  /** The bits of an offer in this region: its continent's, and its country's where it names one. */
  static long of(Region region) {
    long continent = bit(region.text(), CONTINENT_CHARS, CONTINENT_AT, CONTINENTS);
    return region.text().length() < COUNTRY_CHARS ? continent : continent | country(region);
  }

  /** The bit that every offer within a wanted region has. */
  static long wanted(Region region) {
    return region.text().length() < COUNTRY_CHARS
        ? bit(region.text(), CONTINENT_CHARS, CONTINENT_AT, CONTINENTS)
        : country(region);
  }

  /** Bits of which an offer within any of these has at least one; 0 where any region will do. */
  static long wanted(List<Region> regions) {
    long bits = 0;
    for (int i = 0; i < regions.size(); i++) {
      bits |= wanted(regions.get(i));
    }
    return bits;
  }

  static long of(Set<RuntimeKind> runtimes) {
    long bits = 0;
    for (RuntimeKind runtime : runtimes) {
      bits |= of(runtime);
    }
    return bits;
  }

  static long of(RuntimeKind runtime) {
    return switch (runtime) {
      case CONTAINER -> 1;
      case PROCESS -> 2;
    };
  }

  static long ofProvider(String provider) {
    return bit(provider, provider.length(), PROVIDER_AT, PROVIDERS);
  }

  /** Bits of which an offer of any of these has at least one; 0 where any provider will do. */
  static long wantedProviders(Collection<String> providers) {
    long bits = 0;
    for (String provider : providers) {
      bits |= ofProvider(provider);
    }
    return bits;
  }

  private static long country(Region region) {
    return bit(region.text(), COUNTRY_CHARS, COUNTRY_AT, COUNTRIES);
  }

  private static long bit(String text, int chars, int at, int of) {
    int hash = 0;
    for (int i = 0; i < chars; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    hash *= 0x9e3779b9;
    return 1L << (at + Math.floorMod(hash ^ (hash >>> 15), of));
  }
}
