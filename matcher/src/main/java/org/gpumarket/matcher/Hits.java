package org.gpumarket.matcher;

import java.util.Arrays;

/**
 * Places of offers in leaves: as they were added, or the best of many that were tried, kept as a
 * heap with the worst on top until they are sorted. Used by one thread, again and again.
 */
final class Hits {
  private static final int FIRST_CAPACITY = 64;

  private Leaf[] leaf = new Leaf[FIRST_CAPACITY];
  private int[] at = new int[FIRST_CAPACITY];

  /** Lower is better; between equals the lot decides. */
  private long[] weight = new long[FIRST_CAPACITY];

  private long[] lot = new long[FIRST_CAPACITY];
  private int size;

  int size() {
    return size;
  }

  Leaf leaf(int i) {
    return leaf[i];
  }

  int at(int i) {
    return at[i];
  }

  Offer offer(int i) {
    return leaf[i].offer(at[i]);
  }

  void clear() {
    Arrays.fill(leaf, 0, size, null);
    size = 0;
  }

  /** Adds it behind all others. */
  void add(Leaf of, int place) {
    append(of, place, 0, 0);
  }

  /** Whether one of this weight may be among the best. */
  boolean mayKeep(long weighing, int most) {
    return size < most || weighing <= weight[0];
  }

  /** Keeps it if it is among the best, by weight, lot, provider and name, of all tried so far. */
  void keep(Leaf of, int place, long weighing, long drawn, int most) {
    append(of, place, weighing, drawn);
    if (size <= most) {
      rise(size - 1);
    } else if (isBetter(size - 1, 0)) {
      swap(0, size - 1);
      dropLast();
      sink(0, size);
    } else {
      dropLast();
    }
  }

  /** Puts what was kept in order, the best first. Nothing is kept until it is cleared. */
  void sort() {
    for (int end = size - 1; end > 0; end--) {
      swap(0, end);
      sink(0, end);
    }
  }

  private void append(Leaf of, int place, long weighing, long drawn) {
    if (size == at.length) {
      leaf = Arrays.copyOf(leaf, 2 * size);
      at = Arrays.copyOf(at, 2 * size);
      weight = Arrays.copyOf(weight, 2 * size);
      lot = Arrays.copyOf(lot, 2 * size);
    }
    leaf[size] = of;
    at[size] = place;
    weight[size] = weighing;
    lot[size] = drawn;
    size++;
  }

  private void dropLast() {
    size--;
    Arrays.fill(leaf, size, size + 1, null);
  }

  private void rise(int from) {
    int i = from;
    while (i > 0 && isBetter((i - 1) / 2, i)) {
      swap(i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
  }

  private void sink(int from, int end) {
    int i = from;
    while (2 * i + 1 < end) {
      int worse = 2 * i + 1;
      if (worse + 1 < end && isBetter(worse, worse + 1)) {
        worse++;
      }
      if (!isBetter(i, worse)) {
        return;
      }
      swap(i, worse);
      i = worse;
    }
  }

  private boolean isBetter(int i, int other) {
    if (weight[i] != weight[other]) {
      return weight[i] < weight[other];
    }
    if (lot[i] != lot[other]) {
      return lot[i] < lot[other];
    }
    int byProvider = leaf[i].provider[at[i]].id.compareTo(leaf[other].provider[at[other]].id);
    return byProvider != 0
        ? byProvider < 0
        : leaf[i].name[at[i]].compareTo(leaf[other].name[at[other]]) < 0;
  }

  private void swap(int i, int other) {
    Leaf ofLeaf = leaf[i];
    int place = at[i];
    long weighing = weight[i];
    long drawn = lot[i];
    leaf[i] = leaf[other];
    at[i] = at[other];
    weight[i] = weight[other];
    lot[i] = lot[other];
    leaf[other] = ofLeaf;
    at[other] = place;
    weight[other] = weighing;
    lot[other] = drawn;
  }
}
