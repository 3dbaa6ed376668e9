package org.gpumarket.matcher.packing;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which GPUs of a rig a lease gets.
 *
 * <p>Whole GPUs are taken from those that are wholly free. Of all sets of the wanted size, the one
 * is taken that comes first by these, looked at for NVLink groups, then for NUMA nodes, then for
 * PCIe switches:
 *
 * <ol>
 *   <li>fewest groups that it lies in;
 *   <li>fewest wholly free groups that it breaks: takes some of their GPUs and leaves some;
 *   <li>most useful remainder: the greatest Σ of squares of the wholly free GPUs left in each
 *       group, so that four free GPUs together count for more than two and two;
 * </ol>
 *
 * <p>and last by the lowest-numbered GPUs.
 *
 * <p>A GPU without neighbours by a link is a group of itself. Where groups of two links cross, so
 * that neither holds the other, the group of the later link counts only as the parts that the
 * earlier one cuts it into.
 *
 * <p>A part goes to the GPU with the least free that has room, of several to the one with the
 * fewest wholly free neighbours (in the same order of links), then to the lowest-numbered. If only
 * wholly free GPUs have room, the choice is that of one whole GPU.
 */
public final class GpuChoice {
  private GpuChoice() {}

  /**
   * Chooses; depends on nothing but the arguments, not even on the order of the GPUs. Takes
   * O(groups × GPUs²) time.
   *
   * @return the numbers of the GPUs, ascending; empty when the wish cannot be met
   * @throws IllegalArgumentException when two GPUs have the same number
   */
  public static Optional<List<Integer>> choose(List<RigGpu> gpus, GpuWish wish) {
    Set<Integer> numbers = new HashSet<>();
    for (RigGpu gpu : gpus) {
      if (!numbers.add(gpu.number())) {
        throw new IllegalArgumentException("two GPUs are numbered " + gpu.number());
      }
    }
    List<RigGpu> sorted = gpus.stream().sorted(Comparator.comparingInt(RigGpu::number)).toList();
    return switch (wish) {
      case GpuWish.Whole whole -> whole(sorted, whole.count());
      case GpuWish.Part part -> part(sorted, part.millis());
    };
  }

  private static Optional<List<Integer>> whole(List<RigGpu> gpus, int count) {
    return LinkTree.best(gpus, count).map(Taking::gpus);
  }

  private static Optional<List<Integer>> part(List<RigGpu> gpus, int millis) {
    Comparator<RigGpu> leastFree = Comparator.comparingInt(RigGpu::freeMillis);
    for (Link link : Link.values()) {
      leastFree = leastFree.thenComparingLong(gpu -> link.freeNeighbours(gpu, gpus));
    }
    Optional<RigGpu> shared =
        gpus.stream()
            .filter(gpu -> gpu.freeMillis() >= millis && !gpu.isWhollyFree())
            .min(leastFree.thenComparingInt(RigGpu::number));
    return shared.isPresent() ? shared.map(gpu -> List.of(gpu.number())) : whole(gpus, 1);
  }
}
