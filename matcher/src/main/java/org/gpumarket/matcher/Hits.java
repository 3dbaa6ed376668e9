package org.gpumarket.matcher;

import java.util.Arrays;

/** Places of offers in leaves, in some order. Used by one thread, again and again. */
final class Hits {
  private Leaf[] leaf = new Leaf[64];
  private int[] at = new int[64];

  /** Lower is better; between equals the lot decides. */
  private long[] weight = new long[64];

  private long[] lot = new long[64];
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

  long weight(int i) {
    return weight[i];
  }

  void clear() {
    Arrays.fill(leaf, 0, size, null);
    size = 0;
  }

  /** Adds it behind all others. */
  void add(Leaf of, int place) {
    if (size == at.length) {
      leaf = Arrays.copyOf(leaf, 2 * size);
      at = Arrays.copyOf(at, 2 * size);
      weight = Arrays.copyOf(weight, 2 * size);
      lot = Arrays.copyOf(lot, 2 * size);
    }
    put(size++, of, place, 0, 0);
  }

  /** Adds it where weight, lot, provider and name say. */
  void insert(Leaf of, int place, long weighing, long drawn) {
    add(of, place);
    int i = size - 1;
    while (i > 0 && comesBefore(of, place, weighing, drawn, i - 1)) {
      put(i, leaf[i - 1], at[i - 1], weight[i - 1], lot[i - 1]);
      i--;
    }
    put(i, of, place, weighing, drawn);
  }

  private void put(int i, Leaf of, int place, long weighing, long drawn) {
    leaf[i] = of;
    at[i] = place;
    weight[i] = weighing;
    lot[i] = drawn;
  }

  void removeLast() {
    size--;
    Arrays.fill(leaf, size, size + 1, null);
  }

  private boolean comesBefore(Leaf of, int place, long weighing, long drawn, int i) {
    if (weighing != weight[i]) {
      return weighing < weight[i];
    }
    if (drawn != lot[i]) {
      return drawn < lot[i];
    }
    int byProvider = of.provider[place].id.compareTo(leaf[i].provider[at[i]].id);
    return byProvider != 0 ? byProvider < 0 : of.name[place].compareTo(leaf[i].name[at[i]]) < 0;
  }
}
