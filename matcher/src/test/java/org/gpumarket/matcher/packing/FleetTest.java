package org.gpumarket.matcher.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetTest {
  private final Fleet fleet =
      new Fleet(List.of(new Rig("a100", 8_000, 64_000, 2), new Rig("t4", 4_000, 16_000, 1)));

  private static Demand demand(long cpuMillis, int gpus, int gpuMillis, String... models) {
    return new Demand(cpuMillis, 1_000, gpus, gpuMillis, Set.of(models));
  }

  @Test
  void whatIsPlacedIsNoLongerFreeUntilItIsReleased() {
    Demand demand = demand(3_000, 1, 400);
    Placement placement = new Placement(0, List.of(1));

    fleet.place(placement, demand);

    assertThat(fleet.freeCpuMillis(0)).isEqualTo(5_000);
    assertThat(fleet.freeMemoryMib(0)).isEqualTo(63_000);
    assertThat(fleet.freeGpuMillis(0)).containsExactly(1000, 600);

    fleet.release(placement, demand);

    assertThat(fleet.freeCpuMillis(0)).isEqualTo(8_000);
    assertThat(fleet.freeMemoryMib(0)).isEqualTo(64_000);
    assertThat(fleet.freeGpuMillis(0)).containsExactly(1000, 1000);
  }

  @Test
  void aDemandFitsOnlyWhereAllOfItDoes() {
    assertThat(fleet.fits(0, demand(8_000, 2, 1000))).isTrue();
    assertThat(fleet.fits(0, demand(8_001, 2, 1000))).isFalse();
    assertThat(fleet.fits(0, new Demand(0, 64_001, 0, 0, Set.of()))).isFalse();
    assertThat(fleet.fits(1, demand(0, 2, 1000))).isFalse();
    assertThat(fleet.fits(1, demand(0, 1, 1000, "a100", "h100"))).isFalse();
    assertThat(fleet.fits(1, demand(0, 1, 1000, "t4", "h100"))).isTrue();
  }

  @Test
  void twoPartsThatAreTogetherMoreThanAGpuDoNotGetTheSameOne() {
    fleet.place(new Placement(0, List.of(0)), demand(0, 1, 600));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> fleet.place(new Placement(0, List.of(0)), demand(0, 1, 401)));
    assertThat(fleet.freeGpuMillis(0)).containsExactly(400, 1000);
  }

  @Test
  void aPlacementForOtherGpusThanTheDemandIsRefused() {
    Demand two = demand(0, 2, 1000);

    for (List<Integer> gpus :
        List.of(List.<Integer>of(), List.of(0), List.of(0, 0), List.of(0, 2), List.of(-1, 0))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> fleet.place(new Placement(0, gpus), two));
    }
    assertThat(fleet.freeGpuMillis(0)).containsExactly(1000, 1000);
  }

  @Test
  void whatWasNeverPlacedIsNotReleased() {
    fleet.place(new Placement(0, List.of(0)), demand(1_000, 1, 500));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> fleet.release(new Placement(0, List.of(1)), demand(1_000, 1, 500)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fleet.release(new Placement(0, List.of(0)), demand(1_001, 1, 500)));
    assertThat(fleet.freeGpuMillis(0)).containsExactly(500, 1000);
  }

  @Test
  void onlyOneGpuCanBeShared() {
    assertThatThrownBy(() -> demand(0, 2, 500))
        .hasMessage("500 thousandths of 2 GPUs: only one GPU can be shared");
    assertThatIllegalArgumentException().isThrownBy(() -> demand(0, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> demand(0, 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> demand(0, 1, 1001));
    assertThatIllegalArgumentException().isThrownBy(() -> demand(0, 65, 1000));
    assertThatIllegalArgumentException().isThrownBy(() -> demand(-1, 0, 0));
  }
}
