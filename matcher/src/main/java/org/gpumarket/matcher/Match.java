package org.gpumarket.matcher;

import java.util.List;

/**
 * An order's answer.
 *
 * @param ranked offers that fit, best first, at most the order's limit
 * @param considered offers in the book that have not expired
 * @param fitting how many of them fit, counted up to {@link OrderBook#COUNT_LIMIT}
 * @param exclusions when none fits, what kept them out, in the order of {@link Criterion}
 * @param explanation why the first is first, or why there is none; one sentence
 */
public record Match(
    List<Offer> ranked,
    int considered,
    int fitting,
    List<Exclusion> exclusions,
    String explanation) {
  /** Copies the lists. */
  public Match {
    ranked = List.copyOf(ranked);
    exclusions = List.copyOf(exclusions);
  }
}
