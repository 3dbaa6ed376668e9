package org.gpumarket.matcher;

import org.jspecify.annotations.Nullable;

/**
 * Ranks offers of one price: walks round the {@link TieRing} through all buckets that have any, and
 * lets the providers of each window draw lots. Used by one thread, again and again.
 */
final class Ties {
  private final Search search;
  private final PriceFront front;
  private final Hits window = new Hits();

  /**
   * Which chosen bucket each open cursor is in. The search's cursors from 0 on are a heap, with the
   * one at the offer that comes first on top.
   */
  private int[] buckets = new int[64];

  private int open;
  private int providers;
  private @Nullable Provider last;

  /** Offers of the last provider in the window. */
  private int ofLast;

  Ties(Search search, PriceFront front) {
    this.search = search;
    this.front = front;
  }

  /** Ranks what fits at the front's lowest price, until the search has ranked so many. */
  void rank(BookView view, long price, long salt, int limit) {
    providers = 0;
    last = null;
    open(view, price, salt);
    walk(view, price, salt, limit, Long.MAX_VALUE);
    if (search.ranked().size() < limit && salt > Long.MIN_VALUE) {
      open(view, price, Long.MIN_VALUE);
      walk(view, price, salt, limit, salt - 1);
    }
    drawLots();
  }

  /** Puts a cursor into every bucket with offers of this price from this place on. */
  private void open(BookView view, long price, long fromPlace) {
    open = 0;
    if (buckets.length < search.chosenCount()) {
      buckets = new int[2 * search.chosenCount()];
    }
    for (int i = 0; i < search.chosenCount(); i++) {
      if (front.isAt(i, price)) {
        Cursor cursor = search.cursor(open);
        search.seek(cursor, view, i, price, fromPlace);
        if (cursor.next(search.query(), price)) {
          buckets[open] = i;
          rise(open++);
        }
      }
    }
  }

  /** Takes the offers up to a place into windows, until enough are ranked. */
  private void walk(BookView view, long price, long salt, int limit, long lastPlace) {
    while (open > 0) {
      Cursor cursor = search.cursor(0);
      Provider provider = cursor.leaf().provider[cursor.at()];
      long place = cursor.leaf().place[cursor.at()];
      if (place > lastPlace) {
        return;
      }
      if (provider != last) {
        enter(provider);
      }
      int most = limit - search.ranked().size();
      if (most == 0) {
        return;
      }
      if (ofLast++ < most) {
        window.keep(cursor.leaf(), cursor.at(), 0, TieRing.lot(salt, place), most);
      } else if (place < Long.MAX_VALUE) {
        search.seek(cursor, view, buckets[0], price, place + 1);
      }
      if (!cursor.next(search.query(), price)) {
        swap(0, --open);
      }
      sink();
    }
  }

  /** Lets one more provider draw, in the next window when this one is full. */
  private void enter(Provider provider) {
    if (providers == TieRing.WINDOW) {
      drawLots();
      providers = 0;
    }
    last = provider;
    ofLast = 0;
    providers++;
  }

  private void drawLots() {
    window.sort();
    for (int i = 0; i < window.size(); i++) {
      search.ranked().add(window.leaf(i), window.at(i));
    }
    window.clear();
  }

  private void rise(int from) {
    int i = from;
    while (i > 0 && comesBefore(i, (i - 1) / 2)) {
      swap(i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
  }

  private void sink() {
    int i = 0;
    while (2 * i + 1 < open) {
      int earlier = 2 * i + 1;
      if (earlier + 1 < open && comesBefore(earlier + 1, earlier)) {
        earlier++;
      }
      if (!comesBefore(earlier, i)) {
        return;
      }
      swap(i, earlier);
      i = earlier;
    }
  }

  private boolean comesBefore(int i, int other) {
    Cursor one = search.cursor(i);
    Cursor two = search.cursor(other);
    return one.leaf().compare(one.at(), two.leaf(), two.at()) < 0;
  }

  private void swap(int i, int other) {
    search.swapCursors(i, other);
    int spare = buckets[i];
    buckets[i] = buckets[other];
    buckets[other] = spare;
  }
}
