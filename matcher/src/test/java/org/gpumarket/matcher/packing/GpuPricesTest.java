package org.gpumarket.matcher.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GpuPricesTest {
  @Test
  void aPartThatLeavesNothingUsableCostsAWholeGpu() {
    assertThat(GpuPrices.of(new int[] {810}, new double[] {5})).containsExactly(1);
  }

  @Test
  void aPartOfWhichTwoFitCostsHalfAGpu() {
    assertThat(GpuPrices.of(new int[] {470}, new double[] {5})).containsExactly(0.5);
  }

  @Test
  void thePlentifulPartOfAPairIsFree() {
    int[] sizes = {200, 800};

    assertThat(GpuPrices.of(sizes, new double[] {10, 90})).containsExactly(0, 1);
  }

  @Test
  void theScarcePartOfAPairCostsWhatItWouldAlone() {
    assertThat(GpuPrices.of(new int[] {200, 800}, new double[] {90, 10}))
        .containsExactly(new double[] {0.2, 0.8}, within(1e-9));
  }

  @Test
  void nothingIsPricedWhereNothingIsShared() {
    assertThat(GpuPrices.of(new int[0], new double[0])).isEmpty();
  }

  /**
   * The two sides of duality: no pattern costs more than a GPU, and at these prices the parts cost
   * at least what they are and at most as many GPUs as first fit cuts them from.
   */
  @Property(tries = 200)
  void pricesAreThoseOfABestCut(@ForAll long seed) {
    Random random = new Random(seed);
    int[] sizes = random.ints(100, 1000).distinct().limit(1 + random.nextInt(6)).toArray();
    double[] counts = random.doubles(sizes.length, 1, 50).map(Math::floor).toArray();

    double[] prices = GpuPrices.of(sizes, counts);

    double cost = 0;
    double material = 0;
    for (int i = 0; i < sizes.length; i++) {
      assertThat(prices[i]).isBetween(0.0, 1.0);
      cost += counts[i] * prices[i];
      material += counts[i] * sizes[i] / 1000;
    }
    assertThat(dearest(sizes, prices, 0, 1000)).isLessThanOrEqualTo(1 + 1e-6);
    assertThat(cost).isGreaterThanOrEqualTo(material - 1e-6);
    assertThat(cost).isLessThanOrEqualTo(firstFit(sizes, counts) + 1e-6);
  }

  /** By trying every pattern. */
  private static double dearest(int[] sizes, double[] prices, int from, int room) {
    if (from == sizes.length) {
      return 0;
    }
    double most = 0;
    for (int n = 0; n * sizes[from] <= room; n++) {
      most =
          Math.max(
              most, n * prices[from] + dearest(sizes, prices, from + 1, room - n * sizes[from]));
    }
    return most;
  }

  private static int firstFit(int[] sizes, double[] counts) {
    int[] room = new int[1000];
    int used = 0;
    for (int i = 0; i < sizes.length; i++) {
      for (int n = 0; n < counts[i]; n++) {
        int gpu = 0;
        while (gpu < used && room[gpu] < sizes[i]) {
          gpu++;
        }
        if (gpu == used) {
          room[used++] = 1000;
        }
        room[gpu] -= sizes[i];
      }
    }
    return used;
  }
}
