package org.gpumarket.bench;

import java.util.Arrays;
import java.util.Locale;

/** Samples of one figure: what is quoted is the median, with minimum and maximum beside it. */
final class Spread {
  private final double[] sorted;

  private Spread(double[] sorted) {
    this.sorted = sorted;
  }

  static Spread of(double... samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return new Spread(sorted);
  }

  double median() {
    return percentile(50);
  }

  double percentile(int percent) {
    int index = (int) Math.ceil(percent / 100.0 * sorted.length) - 1;
    return sorted[Math.clamp(index, 0, sorted.length - 1)];
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "median %.3f (min %.3f, p95 %.3f, max %.3f, n=%d)",
        median(),
        sorted[0],
        percentile(95),
        sorted[sorted.length - 1],
        sorted.length);
  }
}
