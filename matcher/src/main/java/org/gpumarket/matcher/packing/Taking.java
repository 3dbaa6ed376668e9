package org.gpumarket.matcher.packing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of GPUs with its costs, which add up over disjoint parts of a rig. Compared by cost, the
 * first that differs deciding, then by the lowest-numbered GPUs.
 */
final class Taking implements Comparable<Taking> {
  /** Of each link: groups lain in, groups broken, and use of the remainder, negated. */
  private static final int COSTS = 3;

  static final Taking NOTHING = new Taking(new int[COSTS * Link.values().length], 0);

  private final int[] costs;

  /** GPU 0 is the highest bit. */
  private final long gpus;

  private Taking(int[] costs, long gpus) {
    this.costs = costs;
    this.gpus = gpus;
  }

  static Taking of(RigGpu gpu) {
    return new Taking(NOTHING.costs, Long.MIN_VALUE >>> gpu.number());
  }

  /** This and what is taken from another part of the rig. */
  Taking and(Taking other) {
    int[] sum = costs.clone();
    Arrays.setAll(sum, i -> sum[i] + other.costs[i]);
    return new Taking(sum, gpus | other.gpus);
  }

  /** With the cost of taking so many from a group. */
  Taking from(Link link, int groupSize, int groupFree, int taken) {
    int[] sum = costs.clone();
    int at = COSTS * link.compareTo(Link.NVLINK);
    int left = groupFree - taken;
    sum[at] += taken > 0 ? 1 : 0;
    sum[at + 1] += taken > 0 && left > 0 && groupFree == groupSize ? 1 : 0;
    sum[at + 2] -= left * left;
    return new Taking(sum, gpus);
  }

  /** The numbers of the GPUs, ascending. */
  List<Integer> gpus() {
    List<Integer> numbers = new ArrayList<>();
    for (long left = gpus; left != 0; left &= ~Long.highestOneBit(left)) {
      numbers.add(Long.numberOfLeadingZeros(left));
    }
    return numbers;
  }

  @Override
  public int compareTo(Taking other) {
    int byCosts = Arrays.compare(costs, other.costs);
    return byCosts != 0 ? byCosts : Long.compareUnsigned(other.gpus, gpus);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Taking other && compareTo(other) == 0;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(costs) * 31 + Long.hashCode(gpus);
  }
}
