package org.gpumarket.matcher;

import java.util.List;

/**
 * An order's answer.
 *
 * @param ranked offers that fit, best first, at most the order's limit
 * @param considered offers looked at: every one that has not expired
 * @param fitting how many of them fit
 * @param exclusions what kept the others out, in the order of {@link Criterion}
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
