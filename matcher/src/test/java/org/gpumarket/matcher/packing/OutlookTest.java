package org.gpumarket.matcher.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The formula, by hand. */
class OutlookTest {
  private static final Demand WHOLE = new Demand(8_000, 1_000, 1, 1000, Set.of());
  private static final Demand HALF = new Demand(4_000, 1_000, 1, 500, Set.of());
  private static final Demand NO_GPU = new Demand(4_000, 1_000, 0, 0, Set.of());

  @Test
  void freeGpusCountFullyWhereProcessorsLast() {
    double value = new Outlook(Map.of(WHOLE, 1)).of("a", 16_000, 64_000, new int[] {1000, 1000});

    assertThat(value).isCloseTo(2_000 + 8 * 2_000, within(1e-6));
  }

  @Test
  void aFifthCountsOnlyAsFarAsProcessorsLast() {
    double value = new Outlook(Map.of(WHOLE, 1)).of("a", 8_000, 64_000, new int[] {1000, 1000});

    assertThat(value).isCloseTo(0.8 * 2_000 + 0.2 * 1_000 + 8 * 2_000, within(1e-6));
  }

  @Test
  void nothingIsWithinReachOfADemandThatDoesNotFitOnce() {
    double value = new Outlook(Map.of(WHOLE, 1)).of("a", 7_999, 64_000, new int[] {1000, 1000});

    assertThat(value).isCloseTo(8 * 2_000, within(1e-6));
  }

  @Test
  void reachIsTheMeanOverAllArrivals() {
    double value =
        new Outlook(Map.of(WHOLE, 1, HALF, 1, NO_GPU, 2)).of("a", 64_000, 64_000, new int[] {500});

    assertThat(value).isCloseTo(0.25 * 500 + 8 * (0.97 * 500 + 0.03 * 500), within(1e-6));
  }

  @Test
  void theRarestOfManySizesCountsByReachAlone() {
    Map<Demand, Integer> counts = new HashMap<>();
    counts.put(new Demand(0, 0, 1, 300, Set.of()), 1);
    for (int size = 500; size < 564; size++) {
      counts.put(new Demand(0, 0, 1, size, Set.of()), 2);
    }

    double value = new Outlook(counts).of("a", 64_000, 64_000, new int[] {300});

    assertThat(value).isCloseTo(300 / 129.0, within(1e-6));
  }

  @Test
  void aRemainderThatNoPartFitsIsWorthNothing() {
    double value = new Outlook(Map.of(HALF, 1)).of("a", 64_000, 64_000, new int[] {499});

    assertThat(value).isZero();
  }
}
