package org.gpumarket.matcher;

import java.util.Arrays;

/**
 * Ranks the offers of a view for an order. Keeps its arrays from search to search, so that a search
 * makes no garbage. Used by one thread.
 */
final class Search {
  private final Query query;
  private final Hits ranked = new Hits();
  private final Hits window = new Hits();

  /** Buckets that may have what fits. */
  private int[] chosen = new int[64];

  private int chosenCount;

  /** For each chosen bucket a price below which nothing more fits. */
  private long[] bound = new long[64];

  /** Whether an offer that fits has exactly that price. */
  private boolean[] exact = new boolean[64];

  private Cursor[] cursors = {};
  private int[] tied = new int[64];

  Search(Query query) {
    this.query = query;
  }

  Query query() {
    return query;
  }

  Hits ranked() {
    return ranked;
  }

  int chosenCount() {
    return chosenCount;
  }

  int chosen(int i) {
    return chosen[i];
  }

  /** Ranks the best, at most so many, into {@link #ranked()}. */
  void rank(BookView view, Order order, int limit, long nowMillis) {
    query.set(order.requirements(), null, nowMillis);
    choose(view);
    ranked.clear();
    switch (order.policy()) {
      case CHEAPEST -> cheapestFirst(view, order.salt(), limit);
      case BALANCED -> bestBalancedFirst(view, order.salt(), limit);
    }
  }

  /** Counts what fits the query in the buckets chosen, up to a limit. */
  int count(BookView view, int limit) {
    int counted = 0;
    Cursor cursor = cursor(0);
    for (int i = 0; i < chosenCount; i++) {
      start(cursor, view, chosen[i]);
      while (counted < limit && cursor.next(query, query.highestPrice())) {
        counted++;
      }
    }
    return counted;
  }

  /** Chooses the buckets that may have what fits the query. */
  void choose(BookView view) {
    chosenCount = 0;
    BookView.Buckets buckets = view.buckets();
    if (query.wanted().models().isEmpty() || query.skips(Criterion.MODEL)) {
      choose(buckets, buckets.everyNumber());
    } else {
      for (String model : query.wanted().models()) {
        choose(buckets, buckets.ofModel(model));
      }
      choose(buckets, buckets.mixed());
    }
  }

  private void choose(BookView.Buckets buckets, int[] numbers) {
    for (int number : numbers) {
      if (query.admits(buckets.at(number).key)) {
        if (chosenCount == chosen.length) {
          grow();
        }
        chosen[chosenCount++] = number;
      }
    }
  }

  private void grow() {
    int capacity = 2 * chosenCount;
    chosen = Arrays.copyOf(chosen, capacity);
    bound = Arrays.copyOf(bound, capacity);
    exact = Arrays.copyOf(exact, capacity);
    tied = Arrays.copyOf(tied, capacity);
  }

  /** Puts a cursor before a bucket's first offer. */
  void start(Cursor cursor, BookView view, int number) {
    seek(cursor, view, number, Long.MIN_VALUE, Long.MIN_VALUE);
  }

  private void seek(Cursor cursor, BookView view, int number, long price, long place) {
    cursor.seek(view.root(number), view.buckets().at(number).key == null, price, place, query);
  }

  Cursor cursor(int i) {
    int length = cursors.length;
    if (i >= length) {
      cursors = Arrays.copyOf(cursors, i + 4);
      for (int k = length; k < cursors.length; k++) {
        cursors[k] = new Cursor();
      }
    }
    return cursors[i];
  }

  private void cheapestFirst(BookView view, long salt, int limit) {
    begin(view);
    while (ranked.size() < limit) {
      long price = lowest(view);
      if (price == Long.MAX_VALUE) {
        return;
      }
      rankEquals(view, price, salt, limit);
      for (int i = 0; i < chosenCount; i++) {
        if (bound[i] == price) {
          bound[i] = price + 1;
          exact[i] = false;
        }
      }
    }
  }

  private void begin(BookView view) {
    for (int i = 0; i < chosenCount; i++) {
      Node root = view.root(chosen[i]);
      bound[i] = root.count == 0 ? Long.MAX_VALUE : root.firstPrice();
      exact[i] = false;
    }
  }

  /**
   * The lowest price of what fits and has not been ranked; the highest number when there is none.
   */
  private long lowest(BookView view) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < chosenCount; i++) {
      if (exact[i]) {
        best = Math.min(best, bound[i]);
      }
    }
    while (true) {
      int first = -1;
      for (int i = 0; i < chosenCount; i++) {
        if (!exact[i] && (first < 0 || bound[i] < bound[first])) {
          first = i;
        }
      }
      long ceiling = Math.min(best, query.highestPrice());
      if (first < 0 || bound[first] > ceiling) {
        return best;
      }
      Cursor cursor = cursor(0);
      seek(cursor, view, chosen[first], bound[first], Long.MIN_VALUE);
      if (cursor.next(query, ceiling)) {
        bound[first] = cursor.leaf().price[cursor.at()];
        exact[first] = true;
        best = Math.min(best, bound[first]);
      } else {
        bound[first] = ceiling + 1;
      }
    }
  }

  /** Ranks the offers of one price, by lots, until there are enough. */
  private void rankEquals(BookView view, long price, long salt, int limit) {
    window.clear();
    int providers = 0;
    Provider last = null;
    int ofLast = 0;
    for (int pass = 0; pass < 2; pass++) {
      int open = openTied(view, price, pass == 0 ? salt : Long.MIN_VALUE);
      while (open > 0) {
        int first = firstTied(open);
        Cursor cursor = cursor(first);
        Leaf leaf = cursor.leaf();
        int at = cursor.at();
        if (pass == 1 && leaf.place[at] >= salt) {
          open = close(first, open);
          continue;
        }
        if (leaf.provider[at] != last) {
          if (providers == TieRing.WINDOW) {
            drawLots(limit);
            if (ranked.size() >= limit) {
              return;
            }
            providers = 0;
          }
          last = leaf.provider[at];
          ofLast = 0;
          providers++;
        }
        if (ofLast++ < limit) {
          window.insert(leaf, at, 0, TieRing.lot(salt, leaf.place[at]));
        } else if (leaf.place[at] < Long.MAX_VALUE) {
          seek(cursor, view, chosen[tied[first]], price, leaf.place[at] + 1);
        }
        if (!cursor.next(query, price)) {
          open = close(first, open);
        }
      }
    }
    drawLots(limit);
  }

  private void drawLots(int limit) {
    for (int i = 0; i < window.size() && ranked.size() < limit; i++) {
      ranked.add(window.leaf(i), window.at(i));
    }
    window.clear();
  }

  /**
   * Puts a cursor into every bucket with offers of this price from this place on; says how many.
   */
  private int openTied(BookView view, long price, long fromPlace) {
    int open = 0;
    for (int i = 0; i < chosenCount; i++) {
      if (exact[i] && bound[i] == price) {
        Cursor cursor = cursor(open);
        seek(cursor, view, chosen[i], price, fromPlace);
        if (cursor.next(query, price)) {
          tied[open] = i;
          open++;
        }
      }
    }
    return open;
  }

  private int firstTied(int open) {
    int first = 0;
    for (int i = 1; i < open; i++) {
      Cursor one = cursor(i);
      Cursor other = cursor(first);
      if (Node.compare(
              0,
              one.leaf().provider[one.at()],
              one.leaf().name[one.at()],
              0,
              other.leaf().provider[other.at()],
              other.leaf().name[other.at()])
          < 0) {
        first = i;
      }
    }
    return first;
  }

  private int close(int done, int open) {
    Cursor spare = cursors[done];
    cursors[done] = cursors[open - 1];
    cursors[open - 1] = spare;
    tied[done] = tied[open - 1];
    return open - 1;
  }

  private void bestBalancedFirst(BookView view, long salt, int limit) {
    begin(view);
    long lowest = lowest(view);
    if (lowest == Long.MAX_VALUE) {
      return;
    }
    for (int i = 0; i < chosenCount; i++) {
      boolean mixed = view.buckets().at(chosen[i]).key == null;
      bestBalanced(view.root(chosen[i]), mixed, lowest, salt, limit);
    }
  }

  private void bestBalanced(Node node, boolean mixed, long lowest, long salt, int limit) {
    Requirements wanted = query.wanted();
    for (int i = 0; i < node.count; i++) {
      if (node instanceof Inner inner) {
        if (inner.firstPrice(i) > query.highestPrice()) {
          return;
        }
        long most =
            Points.atMost(
                inner.firstPrice(i),
                lowest,
                inner.highest(i, Measure.GPUS.number()),
                wanted.gpuCount());
        if (mayRank(most, limit) && query.mayFit(inner, i)) {
          bestBalanced(inner.child[i], mixed, lowest, salt, limit);
        }
      } else {
        Leaf leaf = (Leaf) node;
        if (leaf.price[i] > query.highestPrice()) {
          return;
        }
        if (query.fits(leaf, i, mixed)) {
          Region region = leaf.profile[i].terms.region();
          long points = Points.of(region, leaf.price[i], lowest, leaf.free(i), wanted);
          if (mayRank(points, limit)) {
            ranked.insert(leaf, i, -points, TieRing.lot(salt, leaf.place[i]));
            if (ranked.size() > limit) {
              ranked.removeLast();
            }
          }
        }
      }
    }
  }

  private boolean mayRank(long points, int limit) {
    return ranked.size() < limit || points >= -ranked.weight(ranked.size() - 1);
  }
}
