package org.gpumarket.matcher.packing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class GpuChoiceTest {
  private static final int ALONE = RigGpu.ALONE;

  /** Two NVLink groups of four, one on each socket, two GPUs on a switch. */
  private static List<RigGpu> eight(int... freeMillis) {
    List<RigGpu> gpus = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      gpus.add(new RigGpu(i, freeMillis[i], i / 4, i / 4, i / 2));
    }
    return gpus;
  }

  private static List<Integer> whole(List<RigGpu> gpus, int count) {
    return GpuChoice.choose(gpus, new GpuWish.Whole(count)).orElseThrow();
  }

  private static List<Integer> part(List<RigGpu> gpus, int millis) {
    return GpuChoice.choose(gpus, new GpuWish.Part(millis)).orElseThrow();
  }

  @Test
  void aLeaseStaysInOneNvlinkGroup() {
    assertThat(whole(eight(0, 1000, 1000, 1000, 1000, 1000, 1000, 1000), 4))
        .containsExactly(4, 5, 6, 7);
  }

  @Test
  void aGroupThatIsBrokenAlreadyIsUsedBeforeAWholeOne() {
    assertThat(whole(eight(1000, 1000, 1000, 1000, 0, 1000, 1000, 0), 2)).containsExactly(5, 6);
    assertThat(whole(eight(1000, 1000, 1000, 1000, 0, 1000, 1000, 0), 1)).containsExactly(5);
  }

  @Test
  void insideAGroupNeighboursOnASwitchGoTogether() {
    assertThat(whole(eight(0, 1000, 1000, 1000, 0, 0, 0, 0), 2)).containsExactly(2, 3);
  }

  @Test
  void aPairOnASwitchIsKeptWhenOneGpuIsWanted() {
    assertThat(whole(eight(1000, 1000, 0, 1000, 0, 0, 0, 0), 1)).containsExactly(3);
  }

  @Test
  void withoutNvlinkTheSocketKeepsALeaseTogether() {
    List<RigGpu> gpus = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      gpus.add(new RigGpu(i, i == 0 ? 0 : 1000, ALONE, i / 3, ALONE));
    }

    assertThat(whole(gpus, 3)).containsExactly(3, 4, 5);
    assertThat(whole(gpus, 2)).containsExactly(1, 2);
  }

  @Test
  void aSwitchThatCrossesNvlinkBridgesCountsByItsParts() {
    List<RigGpu> gpus = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      gpus.add(new RigGpu(i, 1000, (i + 1) / 2 % 4, 0, i / 4));
    }

    assertThat(whole(gpus, 2)).containsExactly(1, 2);
    assertThat(whole(gpus, 4)).containsExactly(1, 2, 5, 6);
  }

  @Test
  void whatIsLeftStaysTogether() {
    List<RigGpu> gpus = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      gpus.add(new RigGpu(i, i == 0 || i == 4 ? 0 : 1000, i < 4 ? 0 : 1, 0, ALONE));
    }

    assertThat(whole(gpus, 2)).containsExactly(1, 2);
  }

  @Test
  void aPartGoesToTheFullestGpuWithRoom() {
    assertThat(part(eight(1000, 600, 500, 1000, 300, 1000, 1000, 1000), 400)).containsExactly(2);
    assertThat(part(eight(1000, 600, 500, 1000, 300, 1000, 1000, 1000), 300)).containsExactly(4);
  }

  @Test
  void amongEquallyFullGpusTheOneWithFewestFreeNeighboursIsShared() {
    assertThat(part(eight(500, 1000, 1000, 1000, 500, 1000, 0, 0), 400)).containsExactly(4);
  }

  @Test
  void aPartThatMustOpenAWholeGpuBreaksNoGroupIfItCan() {
    assertThat(part(eight(1000, 1000, 1000, 1000, 0, 1000, 0, 0), 400)).containsExactly(5);
  }

  @Test
  void aWishThatCannotBeMetGetsNothing() {
    List<RigGpu> gpus = eight(500, 500, 500, 500, 500, 500, 500, 1000);

    assertThat(GpuChoice.choose(gpus, new GpuWish.Whole(2))).isEmpty();
    assertThat(GpuChoice.choose(gpus.subList(0, 7), new GpuWish.Part(501))).isEmpty();
    assertThat(GpuChoice.choose(List.of(), new GpuWish.Whole(1))).isEmpty();
  }

  @Test
  void twoGpusOfOneNumberAreRefused() {
    RigGpu gpu = new RigGpu(3, 1000, ALONE, ALONE, ALONE);

    assertThatThrownBy(() -> GpuChoice.choose(List.of(gpu, gpu), new GpuWish.Whole(1)))
        .hasMessage("two GPUs are numbered 3");
  }

  @Test
  void aRigOfTheMostGpusIsNoTrouble() {
    List<RigGpu> gpus = new ArrayList<>();
    for (int i = 0; i < Rig.MAX_GPUS; i++) {
      gpus.add(new RigGpu(i, i % 5 == 0 ? 0 : 1000, i / 16, i / 8, i / 4));
    }

    assertThat(whole(gpus, 7)).containsExactly(1, 2, 3, 4, 6, 7, 8);
  }

  /** Every set of the wanted size is tried, and what the class says is counted plainly. */
  @Property(tries = 400)
  void noSetOfGpusIsBetterThanTheOneChosen(@ForAll long seed) {
    Random random = new Random(seed);
    List<RigGpu> gpus = rig(random);
    int count = 1 + random.nextInt(gpus.size());

    Optional<List<Integer>> best = Optional.empty();
    for (int set = 0; set < 1 << gpus.size(); set++) {
      List<Integer> numbers = numbers(set);
      boolean free = numbers.stream().allMatch(n -> gpus.get(n).freeMillis() == 1000);
      if (free
          && numbers.size() == count
          && (best.isEmpty() || isBetter(gpus, numbers, best.get()))) {
        best = Optional.of(numbers);
      }
    }

    List<RigGpu> shuffled = new ArrayList<>(gpus);
    Collections.shuffle(shuffled, random);
    assertThat(GpuChoice.choose(shuffled, new GpuWish.Whole(count))).isEqualTo(best);
  }

  /** Up to nine GPUs whose groups lie inside one another: sockets, NVLink groups, switches. */
  private static List<RigGpu> rig(Random random) {
    int perSwitch = 1 + random.nextInt(2);
    int perNvlink = perSwitch * (1 + random.nextInt(3));
    int perSocket = random.nextBoolean() ? perNvlink * (1 + random.nextInt(2)) : perSwitch;
    boolean nvlink = random.nextInt(3) > 0;
    boolean switches = random.nextInt(3) > 0;
    List<RigGpu> gpus = new ArrayList<>();
    int size = 1 + random.nextInt(9);
    for (int i = 0; i < size; i++) {
      gpus.add(
          new RigGpu(
              i,
              random.nextInt(4) == 0 ? random.nextInt(1000) : 1000,
              nvlink ? i / perNvlink : ALONE,
              i / perSocket,
              switches ? i / perSwitch : ALONE));
    }
    return gpus;
  }

  private static List<Integer> numbers(int set) {
    List<Integer> numbers = new ArrayList<>();
    for (int left = set; left != 0; left &= left - 1) {
      numbers.add(Integer.numberOfTrailingZeros(left));
    }
    return numbers;
  }

  private static boolean isBetter(List<RigGpu> gpus, List<Integer> set, List<Integer> than) {
    int byCosts = Arrays.compare(costs(gpus, set), costs(gpus, than));
    int[] one = set.stream().mapToInt(Integer::intValue).toArray();
    int[] other = than.stream().mapToInt(Integer::intValue).toArray();
    return byCosts < 0 || (byCosts == 0 && Arrays.compare(one, other) < 0);
  }

  private static int[] costs(List<RigGpu> gpus, List<Integer> set) {
    List<ToIntFunction<RigGpu>> links =
        List.of(RigGpu::nvlinkGroup, RigGpu::numaNode, RigGpu::pcieSwitch);
    int[] costs = new int[9];
    for (int link = 0; link < 3; link++) {
      ToIntFunction<RigGpu> group = links.get(link);
      var groups =
          gpus.stream()
              .collect(
                  Collectors.groupingBy(
                      gpu ->
                          group.applyAsInt(gpu) == ALONE
                              ? -1 - gpu.number()
                              : group.applyAsInt(gpu)));
      for (List<RigGpu> members : groups.values()) {
        long free = members.stream().filter(gpu -> gpu.freeMillis() == 1000).count();
        long taken = members.stream().filter(gpu -> set.contains(gpu.number())).count();
        boolean entire = free == members.size();
        costs[3 * link] += taken > 0 ? 1 : 0;
        costs[3 * link + 1] += entire && taken > 0 && taken < free ? 1 : 0;
        costs[3 * link + 2] -= (int) ((free - taken) * (free - taken));
      }
    }
    return costs;
  }
}
