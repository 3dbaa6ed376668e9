package org.gpumarket.matcher.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DemandMixTest {
  private final DemandMix mix = new DemandMix();

  private static Demand kind(int cpuMillis) {
    return new Demand(cpuMillis, 0, 0, 0, Set.of());
  }

  @Test
  void equalDemandsAreCountedTogether() {
    mix.add(kind(1));
    mix.add(kind(2));
    mix.add(kind(1));

    assertThat(mix.counts()).isEqualTo(Map.of(kind(1), 2, kind(2), 1));
  }

  @Test
  void whenThereAreTooManyKindsTheRarestIsForgotten() {
    for (int i = 0; i < DemandMix.MAX_KINDS; i++) {
      mix.add(kind(i));
      mix.add(kind(i));
    }
    mix.add(kind(0));
    mix.add(kind(-1 + DemandMix.MAX_KINDS));
    mix.add(kind(DemandMix.MAX_KINDS));

    assertThat(mix.counts()).hasSize(DemandMix.MAX_KINDS).doesNotContainKey(kind(1));
    assertThat(mix.counts()).containsEntry(kind(0), 3).containsEntry(kind(DemandMix.MAX_KINDS), 1);
  }
}
