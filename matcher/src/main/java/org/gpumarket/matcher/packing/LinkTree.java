package org.gpumarket.matcher.packing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The best sets of a rig's wholly free GPUs, one of each size. Groups lie inside one another, so
 * the best sets of a group are put together from those of its parts: exact, because costs add up
 * and {@link Taking} compares sums in the same order as their parts.
 */
final class LinkTree {
  private LinkTree() {}

  /** The best set of this many wholly free GPUs, if there are as many. */
  static Optional<Taking> best(List<RigGpu> gpus, int count) {
    List<Block> blocks = new ArrayList<>();
    gpus.forEach(gpu -> blocks.add(Block.of(gpu)));
    for (Group group : groups(gpus)) {
      List<Block> inside =
          blocks.stream().filter(block -> group.gpus.containsAll(block.gpus)).toList();
      blocks.removeAll(inside);
      blocks.add(Block.join(inside).within(group));
    }
    List<Taking> best = Block.join(blocks).best;
    return count < best.size() ? Optional.of(best.get(count)) : Optional.empty();
  }

  /** All groups, none crossing another, smaller ones first. */
  private static List<Group> groups(List<RigGpu> gpus) {
    List<Group> all = new ArrayList<>();
    for (Link link : Link.values()) {
      List<Group> earlier = List.copyOf(all);
      for (List<RigGpu> members : byLink(gpus, link)) {
        cut(members, earlier).forEach(part -> all.add(new Group(link, part)));
      }
    }
    all.sort(Comparator.comparingInt(group -> group.gpus.size()));
    return all;
  }

  private static List<List<RigGpu>> byLink(List<RigGpu> gpus, Link link) {
    Map<Integer, List<RigGpu>> groups = new HashMap<>();
    List<List<RigGpu>> all = new ArrayList<>();
    for (RigGpu gpu : gpus) {
      int number = link.group(gpu);
      if (number == RigGpu.ALONE) {
        all.add(List.of(gpu));
      } else {
        groups.computeIfAbsent(number, _ -> new ArrayList<>()).add(gpu);
      }
    }
    all.addAll(groups.values());
    return all;
  }

  /** The parts into which groups that cross this one cut it. */
  private static List<List<RigGpu>> cut(List<RigGpu> members, List<Group> earlier) {
    List<List<RigGpu>> parts = List.of(members);
    for (Group group : earlier) {
      List<List<RigGpu>> finer = new ArrayList<>();
      for (List<RigGpu> part : parts) {
        List<RigGpu> inside = part.stream().filter(group.gpus::contains).toList();
        if (inside.isEmpty() || inside.size() == part.size() || part.containsAll(group.gpus)) {
          finer.add(part);
        } else {
          finer.add(inside);
          finer.add(part.stream().filter(gpu -> !group.gpus.contains(gpu)).toList());
        }
      }
      parts = finer;
    }
    return parts;
  }

  private record Group(Link link, List<RigGpu> gpus) {}

  /**
   * Some GPUs and the best set of each number of them that are wholly free.
   *
   * @param best at place k the best set of k
   */
  private record Block(List<RigGpu> gpus, List<Taking> best) {
    static Block of(RigGpu gpu) {
      return new Block(
          List.of(gpu),
          gpu.isWhollyFree() ? List.of(Taking.NOTHING, Taking.of(gpu)) : List.of(Taking.NOTHING));
    }

    static Block join(List<Block> blocks) {
      List<RigGpu> gpus = new ArrayList<>();
      List<Taking> best = List.of(Taking.NOTHING);
      for (Block block : blocks) {
        gpus.addAll(block.gpus);
        best = join(best, block.best);
      }
      return new Block(gpus, best);
    }

    private static List<Taking> join(List<Taking> one, List<Taking> other) {
      List<Taking> best = new ArrayList<>();
      for (int count = 0; count <= one.size() + other.size() - 2; count++) {
        List<Taking> sums = new ArrayList<>();
        for (int i = Math.max(0, count - other.size() + 1); i <= count && i < one.size(); i++) {
          sums.add(one.get(i).and(other.get(count - i)));
        }
        best.add(Collections.min(sums));
      }
      return best;
    }

    /** With the costs of what is taken from the group that these GPUs are. */
    Block within(Group group) {
      int free = best.size() - 1;
      List<Taking> costed = new ArrayList<>();
      for (int taken = 0; taken <= free; taken++) {
        costed.add(best.get(taken).from(group.link, gpus.size(), free, taken));
      }
      return new Block(gpus, costed);
    }
  }
}
