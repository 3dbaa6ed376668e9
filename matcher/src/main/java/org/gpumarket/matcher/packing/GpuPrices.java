package org.gpumarket.matcher.packing;

import java.util.Arrays;

/**
 * What a part of a GPU costs when all the parts asked for are cut from as few GPUs as can be: the
 * dual prices of the cutting-stock problem, by column generation (Gilmore and Gomory, 1961).
 *
 * <p>Maximises Σ count × price over prices of which no pattern that fits on one GPU sums to more
 * than 1. With n sizes, a step takes O(n² + 1000 n) time. There are never more than {@value
 * #MAX_STEPS} steps: enough for 64 sizes, not for 400; if they do not suffice, the prices are those
 * of the last step.
 */
final class GpuPrices {
  private static final int MAX_STEPS = 1_000;
  private static final double EPSILON = 1e-9;

  private final int[] sizes;

  /** The inverse of the matrix whose columns are the patterns in use. */
  private final double[][] inverse;

  /** How many GPUs are cut by each pattern in use. */
  private final double[] uses;

  private GpuPrices(int[] sizes, double[] counts) {
    this.sizes = sizes;
    inverse = new double[sizes.length][sizes.length];
    uses = new double[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      int pieces = Rig.WHOLE_GPU / sizes[i];
      inverse[i][i] = 1.0 / pieces;
      uses[i] = counts[i] / pieces;
    }
  }

  /**
   * Prices parts.
   *
   * @param sizes distinct thousandths of a GPU, each 1 to 999
   * @param counts how many of each are asked for, each above 0
   * @return for each size its price in GPUs, 0 to 1
   */
  static double[] of(int[] sizes, double[] counts) {
    return new GpuPrices(sizes, counts).solve();
  }

  private double[] solve() {
    double[] prices = prices();
    for (int step = 0; step < MAX_STEPS; step++) {
      Knapsack knapsack = new Knapsack(sizes, prices);
      if (knapsack.value(Rig.WHOLE_GPU) <= 1 + EPSILON || !enters(knapsack.pieces(Rig.WHOLE_GPU))) {
        break;
      }
      prices = prices();
    }
    return Arrays.stream(prices).map(price -> Math.clamp(price, 0.0, 1.0)).toArray();
  }

  private double[] prices() {
    double[] prices = new double[sizes.length];
    for (double[] row : inverse) {
      for (int j = 0; j < prices.length; j++) {
        prices[j] += row[j];
      }
    }
    return prices;
  }

  /** Replaces the pattern that runs out first by this one, unless rounding hides which that is. */
  private boolean enters(int[] pattern) {
    double[] direction = new double[sizes.length];
    int leaves = -1;
    for (int i = 0; i < direction.length; i++) {
      for (int j = 0; j < pattern.length; j++) {
        direction[i] += inverse[i][j] * pattern[j];
      }
      if (direction[i] > EPSILON
          && (leaves < 0 || uses[i] / direction[i] < uses[leaves] / direction[leaves])) {
        leaves = i;
      }
    }
    if (leaves < 0) {
      return false;
    }
    pivot(leaves, direction);
    return true;
  }

  private void pivot(int leaves, double[] direction) {
    double[] pivot = inverse[leaves];
    for (int j = 0; j < pivot.length; j++) {
      pivot[j] /= direction[leaves];
    }
    uses[leaves] /= direction[leaves];
    for (int i = 0; i < direction.length; i++) {
      if (i != leaves && direction[i] != 0) {
        for (int j = 0; j < pivot.length; j++) {
          inverse[i][j] -= direction[i] * pivot[j];
        }
        uses[i] = Math.max(0, uses[i] - direction[i] * uses[leaves]);
      }
    }
  }
}
