package org.gpumarket.matcher.packing;

/** The dearest set of pieces, each as often as one likes, for every room of 0 to 1000. */
final class Knapsack {
  private static final int NONE = -1;

  private final int[] sizes;
  private final double[] value = new double[Rig.WHOLE_GPU + 1];
  private final int[] last = new int[Rig.WHOLE_GPU + 1];

  /** Solves for all rooms, in O(1000 × sizes) time; pieces of no value are left out. */
  Knapsack(int[] sizes, double[] prices) {
    this.sizes = sizes;
    last[0] = NONE;
    for (int room = 1; room < value.length; room++) {
      value[room] = value[room - 1];
      last[room] = NONE;
      for (int i = 0; i < sizes.length; i++) {
        if (sizes[i] <= room && prices[i] + value[room - sizes[i]] > value[room]) {
          value[room] = prices[i] + value[room - sizes[i]];
          last[room] = i;
        }
      }
    }
  }

  double value(int room) {
    return value[room];
  }

  /** How often each piece is in the dearest set. */
  int[] pieces(int room) {
    int[] pieces = new int[sizes.length];
    int left = room;
    while (left > 0) {
      if (last[left] == NONE) {
        left--;
      } else {
        pieces[last[left]]++;
        left -= sizes[last[left]];
      }
    }
    return pieces;
  }
}
