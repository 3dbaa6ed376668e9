package org.gpumarket.matcher.packing;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each kind of demand has arrived. Holds at most {@value #MAX_KINDS} kinds: beyond them
 * the kind seen least, of several the one first seen, is forgotten. Not safe for use by several
 * threads.
 */
final class DemandMix {
  static final int MAX_KINDS = 512;

  private final Map<Demand, Integer> counts = new LinkedHashMap<>();

  void add(Demand demand) {
    if (counts.size() == MAX_KINDS && !counts.containsKey(demand)) {
      Demand rarest =
          counts.entrySet().stream()
              .min(Map.Entry.comparingByValue(Comparator.naturalOrder()))
              .orElseThrow()
              .getKey();
      counts.remove(rarest);
    }
    counts.merge(demand, 1, Integer::sum);
  }

  /** Each kind's count, in the order in which the kinds were first seen; a copy. */
  Map<Demand, Integer> counts() {
    return new LinkedHashMap<>(counts);
  }
}
