package org.gpumarket.matcher;

import java.util.Arrays;

/**
 * Ranks the offers of a view for an order. Keeps its arrays from search to search, so that a search
 * makes no garbage. Used by one thread.
 */
final class Search {
  private final Query query;
  private final Hits ranked = new Hits();
  private final PriceFront front = new PriceFront(this);
  private final Ties ties = new Ties(this, front);
  private final Balance balance = new Balance(this);

  /** Buckets that may have what fits. */
  private int[] chosen = new int[64];

  private int chosenCount;
  private Cursor[] cursors = {};

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
    front.begin(view);
    switch (order.policy()) {
      case CHEAPEST -> rankCheapest(view, order.salt(), limit);
      case BALANCED -> balance.rank(view, front.lowest(view), order.salt(), limit);
    }
  }

  private void rankCheapest(BookView view, long salt, int limit) {
    while (ranked.size() < limit) {
      long price = front.lowest(view);
      if (price == PriceFront.NOTHING) {
        return;
      }
      ties.rank(view, price, salt, limit);
      front.pass(price);
    }
  }

  /** Counts what fits the query in the buckets chosen, up to a limit. */
  int count(BookView view, int limit) {
    int counted = 0;
    Cursor cursor = cursor(0);
    for (int i = 0; i < chosenCount && counted < limit; i++) {
      start(cursor, view, i);
      while (counted < limit && cursor.next(query, query.highestPrice())) {
        counted++;
      }
    }
    return counted;
  }

  /** Chooses the buckets that may have what fits the query. */
  void choose(BookView view) {
    chosenCount = 0;
    Buckets buckets = view.buckets();
    if (query.wanted().models().isEmpty() || query.skips(Criterion.MODEL)) {
      choose(buckets, buckets.everyNumber());
    } else {
      for (String model : query.wanted().models()) {
        choose(buckets, buckets.ofModel(model));
      }
      choose(buckets, buckets.mixed());
    }
  }

  private void choose(Buckets buckets, int[] numbers) {
    for (int number : numbers) {
      if (query.admits(buckets.at(number).key)) {
        if (chosenCount == chosen.length) {
          chosen = Arrays.copyOf(chosen, 2 * chosenCount);
        }
        chosen[chosenCount++] = number;
      }
    }
  }

  /** Puts a cursor before the first offer of a chosen bucket. */
  void start(Cursor cursor, BookView view, int i) {
    seek(cursor, view, i, Long.MIN_VALUE, Long.MIN_VALUE);
  }

  /** Puts a cursor before what a chosen bucket has from this price and place on. */
  void seek(Cursor cursor, BookView view, int i, long price, long place) {
    int number = chosen[i];
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

  void swapCursors(int one, int other) {
    Cursor spare = cursors[one];
    cursors[one] = cursors[other];
    cursors[other] = spare;
  }

  /** Lets go of the view that was searched, so that its nodes do not outlive it. */
  void forget() {
    ranked.clear();
    for (Cursor cursor : cursors) {
      cursor.forget();
    }
  }
}
