package org.gpumarket.matcher;

import java.util.List;
import java.util.stream.Collectors;

/** Puts an answer into one sentence. */
final class Explanations {
  private Explanations() {}

  /**
   * Why the first is first.
   *
   * @param best the first, and the second where there is one
   */
  static String choice(Policy policy, List<Offer> best, int fitting, int considered) {
    Offer first = best.getFirst();
    String how =
        switch (policy) {
          case CHEAPEST -> "the cheapest";
          case BALANCED -> "the best balance of price, region and capacity";
        };
    String of =
        fitting == 1
            ? "the only one of " + considered + " that fits"
            : how + " of " + count(fitting) + " that fit (" + considered + " considered)";
    String next =
        best.size() == 1
            ? ""
            : "; the next asks " + best.get(1).price() + " in " + best.get(1).region();
    return first.gpu().model()
        + " at "
        + first.price()
        + " per GPU-hour in "
        + first.region()
        + " is "
        + of
        + next;
  }

  /** Why there is none, and the smallest single changes of the order that would bring one. */
  static String refusal(Requirements wanted, int considered, List<Exclusion> exclusions) {
    if (considered == 0) {
      return "no offer is known";
    }
    String reasons =
        exclusions.stream()
            .filter(e -> e.counted() > 0)
            .sorted((a, b) -> Integer.compare(b.counted(), a.counted()))
            .map(e -> e.counted() + " " + e.criterion().failing(wanted))
            .collect(Collectors.joining(", "));
    String relaxations =
        exclusions.stream()
            .flatMap(e -> e.nearest().map(o -> e.criterion().relaxation(o, wanted)).stream())
            .collect(Collectors.joining(", or "));
    return considered
        + (considered == 1 ? " offer: " : " offers: ")
        + reasons
        + (relaxations.isEmpty() ? "" : "; one would fit " + relaxations);
  }

  private static String count(int counted) {
    return counted < OrderBook.COUNT_LIMIT ? Integer.toString(counted) : counted + " or more";
  }
}
