package org.gpumarket.matcher;

import java.util.List;

/** The points of {@link Policy#BALANCED}, in whole numbers. */
final class Points {
  private static final long MOST = 1000;

  private Points() {}

  /**
   * Points of one offer, 0 to 3000.
   *
   * @param lowest the lowest price of all that fit
   */
  static long of(Region region, long price, long lowest, int free, Requirements wanted) {
    return price(price, lowest)
        + region(region, wanted.regions())
        + capacity(free, wanted.gpuCount());
  }

  /** The most that an offer of this price and so many free GPUs may have, wherever it is. */
  static long atMost(long price, long lowest, int free, int wanted) {
    return price(price, lowest) + MOST + capacity(free, wanted);
  }

  private static long price(long price, long lowest) {
    return price == 0 ? MOST : MOST * lowest / price;
  }

  private static long region(Region region, List<Region> wanted) {
    int count = wanted.size();
    for (int i = 0; i < count; i++) {
      if (region.within(wanted.get(i))) {
        return MOST * (count - i) / count;
      }
    }
    return MOST;
  }

  private static long capacity(int free, int wanted) {
    return MOST * free / ((long) free + wanted);
  }
}
