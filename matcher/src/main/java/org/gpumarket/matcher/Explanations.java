package org.gpumarket.matcher;

import java.util.List;
import java.util.stream.Collectors;

/** Puts an answer into one sentence. */
final class Explanations {
  private Explanations() {}

  static String choice(Policy policy, List<Offer> ranked, int considered) {
    Offer first = ranked.getFirst();
    String how =
        switch (policy) {
          case CHEAPEST -> "the cheapest";
          case BALANCED -> "the best balance of price, region and capacity";
        };
    String of =
        ranked.size() == 1
            ? "the only one of " + considered + " that fits"
            : how + " of " + ranked.size() + " that fit (" + considered + " considered)";
    String next =
        ranked.size() == 1
            ? ""
            : "; the next asks " + ranked.get(1).price() + " in " + ranked.get(1).region();
    return first.gpu().model()
        + " at "
        + first.price()
        + " per GPU-hour in "
        + first.region()
        + " is "
        + of
        + next;
  }

  static String refusal(Requirements wanted, int considered, List<Exclusion> exclusions) {
    if (considered == 0) {
      return "no offer is known: this node has heard of no provider yet";
    }
    String reasons =
        exclusions.stream()
            .filter(e -> e.counted() > 0)
            .sorted((a, b) -> Integer.compare(b.counted(), a.counted()))
            .map(e -> e.counted() + " " + e.criterion().failing(wanted))
            .collect(Collectors.joining(", "));
    return considered + (considered == 1 ? " offer: " : " offers: ") + reasons;
  }
}
