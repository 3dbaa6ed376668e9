package org.gpumarket.matcher;

/**
 * Ranks by {@link Policy#BALANCED}: passes by subtrees whose best points are below those of the
 * offers ranked so far. What may be equal to these is looked at. Used by one thread.
 */
final class Balance {
  private final Search search;
  private long lowest;
  private long salt;
  private int limit;
  private boolean mixed;

  Balance(Search search) {
    this.search = search;
  }

  /** Ranks the best of the buckets chosen, at most so many. */
  void rank(BookView view, long lowestFitting, long ordersSalt, int most) {
    if (lowestFitting == PriceFront.NOTHING) {
      return;
    }
    lowest = lowestFitting;
    salt = ordersSalt;
    limit = most;
    for (int i = 0; i < search.chosenCount(); i++) {
      int number = search.chosen(i);
      mixed = view.buckets().at(number).key == null;
      rank(view.root(number));
    }
    search.ranked().sort();
  }

  private void rank(Node node) {
    switch (node) {
      case Inner inner -> rank(inner);
      case Leaf leaf -> rank(leaf);
    }
  }

  private void rank(Inner inner) {
    Query query = search.query();
    for (int i = 0; i < inner.count && inner.firstPrice(i) <= query.highestPrice(); i++) {
      int free = inner.highest(i, Measure.GPUS.number());
      long most = Points.atMost(inner.firstPrice(i), lowest, free, query.wanted().gpuCount());
      if (search.ranked().mayKeep(-most, limit) && query.mayFit(inner, i)) {
        rank(inner.child[i]);
      }
    }
  }

  private void rank(Leaf leaf) {
    Query query = search.query();
    for (int i = 0; i < leaf.count && leaf.price[i] <= query.highestPrice(); i++) {
      if (query.fits(leaf, i, mixed)) {
        Region region = leaf.profile[i].terms.region();
        long points = Points.of(region, leaf.price[i], lowest, leaf.free(i), query.wanted());
        if (search.ranked().mayKeep(-points, limit)) {
          search.ranked().keep(leaf, i, -points, TieRing.lot(salt, leaf.place[i]), limit);
        }
      }
    }
  }
}
