package org.gpumarket.matcher;

import java.util.ArrayList;
import java.util.List;

/** Counts what keeps offers out while a match looks at them. Used by one thread. */
final class Failures {
  private static final Criterion[] CRITERIA = Criterion.values();

  private final int[] counted = new int[CRITERIA.length];
  private final int[] alone = new int[CRITERIA.length];

  /** Whether the offer fits; when not, it is counted. */
  boolean meetsAll(Offer offer, Requirements wanted) {
    int first = next(0, offer, wanted);
    if (first == CRITERIA.length) {
      return true;
    }
    counted[first]++;
    if (next(first + 1, offer, wanted) == CRITERIA.length) {
      alone[first]++;
    }
    return false;
  }

  /** What kept any offer out, in the order of the criteria. */
  List<Exclusion> exclusions() {
    List<Exclusion> exclusions = new ArrayList<>();
    for (int i = 0; i < CRITERIA.length; i++) {
      if (counted[i] > 0) {
        exclusions.add(new Exclusion(CRITERIA[i], counted[i], alone[i]));
      }
    }
    return exclusions;
  }

  /** The first criterion from this one on that the offer fails. */
  private static int next(int from, Offer offer, Requirements wanted) {
    int i = from;
    while (i < CRITERIA.length && CRITERIA[i].meets(offer, wanted)) {
      i++;
    }
    return i;
  }
}
