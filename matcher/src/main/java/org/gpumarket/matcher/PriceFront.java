package org.gpumarket.matcher;

import java.util.Arrays;

/**
 * How far a search has come, from the cheapest on: of each bucket chosen, a price below which
 * nothing fits that has not been passed. Used by one thread, again and again.
 */
final class PriceFront {
  /** The price of nothing: above every other. */
  static final long NOTHING = Long.MAX_VALUE;

  private final Search search;
  private long[] bound = new long[64];

  /** Whether an offer that fits has exactly that price. */
  private boolean[] exact = new boolean[64];

  PriceFront(Search search) {
    this.search = search;
  }

  /** Stands before all that the search has chosen. */
  void begin(BookView view) {
    int count = search.chosenCount();
    if (count > bound.length) {
      bound = new long[2 * count];
      exact = new boolean[2 * count];
    }
    for (int i = 0; i < count; i++) {
      Node root = view.root(search.chosen(i));
      bound[i] = root.count == 0 ? NOTHING : root.firstPrice();
    }
    Arrays.fill(exact, 0, count, false);
  }

  /** The lowest price of what fits and has not been passed; {@link #NOTHING} when there is none. */
  long lowest(BookView view) {
    int first = -1;
    long best = NOTHING;
    for (int i = 0; i < search.chosenCount(); i++) {
      if (exact[i]) {
        best = Math.min(best, bound[i]);
      } else if (first < 0 || bound[i] < bound[first]) {
        first = i;
      }
    }
    if (first >= 0) {
      best = Math.min(best, advance(view, first, best));
    }
    for (int i = 0; i < search.chosenCount(); i++) {
      if (!exact[i]) {
        best = Math.min(best, advance(view, i, best));
      }
    }
    return best;
  }

  /** Goes on to the price of the next that fits, or past a price that beats all of the bucket. */
  private long advance(BookView view, int i, long best) {
    long ceiling = Math.min(best, search.query().highestPrice());
    if (bound[i] > ceiling) {
      return NOTHING;
    }
    Cursor cursor = search.cursor(0);
    search.seek(cursor, view, i, bound[i], Long.MIN_VALUE);
    exact[i] = cursor.next(search.query(), ceiling);
    bound[i] = exact[i] ? cursor.leaf().price[cursor.at()] : ceiling + 1;
    return exact[i] ? bound[i] : NOTHING;
  }

  /** Whether a chosen bucket has what fits at the lowest price. */
  boolean isAt(int i, long lowest) {
    return exact[i] && bound[i] == lowest;
  }

  /** Passes the lowest price. */
  void pass(long lowest) {
    for (int i = 0; i < search.chosenCount(); i++) {
      if (isAt(i, lowest)) {
        bound[i] = lowest + 1;
        exact[i] = false;
      }
    }
  }
}
