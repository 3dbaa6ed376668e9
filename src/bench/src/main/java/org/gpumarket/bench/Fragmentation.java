package org.gpumarket.bench;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.gpumarket.matcher.packing.Demand;
import org.gpumarket.matcher.packing.Fleet;
import org.gpumarket.matcher.packing.LeastLoss;
import org.gpumarket.matcher.packing.PackingPolicy;
import org.gpumarket.matcher.packing.Rig;
import org.gpumarket.matcher.packing.RigValue;

/**
 * Fragmentation of a rig (Weng et al., "Beware of Fragmentation", USENIX ATC 2023), negated: the
 * free GPU, in thousandths, that a task of the typical mix cannot use, averaged over the mix. All
 * of it is unusable to a task that does not fit or needs no GPU; else what lies in GPUs with less
 * room than the task needs.
 */
final class Fragmentation implements RigValue {
  private final List<Map.Entry<Demand, Long>> kinds;
  private final double tasks;

  private Fragmentation(List<Demand> typical) {
    kinds =
        List.copyOf(
            typical.stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet());
    tasks = typical.size();
  }

  /**
   * Gradient descent on it, which knows the typical mix beforehand. As in the published runs, a
   * change counts by its logistic function of the change in GPUs, in whole percent: what differs by
   * less counts as equal, and the first rig is taken.
   */
  static PackingPolicy descent(Fleet fleet, List<Demand> typical) {
    return new LeastLoss(
        fleet,
        new Fragmentation(typical),
        loss -> -Math.floor(100 / (1 + Math.exp(loss / Rig.WHOLE_GPU))));
  }

  @Override
  public double of(String model, long cpuMillis, long memoryMib, int[] freeGpuMillis) {
    long free = 0;
    for (int gpu : freeGpuMillis) {
      free += gpu;
    }
    double unusable = 0;
    for (Map.Entry<Demand, Long> kind : kinds) {
      long usable = usable(kind.getKey(), model, cpuMillis, memoryMib, freeGpuMillis);
      unusable += kind.getValue() * (free - usable);
    }
    return -unusable / tasks;
  }

  private static long usable(
      Demand task, String model, long cpuMillis, long memoryMib, int[] freeGpuMillis) {
    if (task.gpus() == 0
        || task.cpuMillis() > cpuMillis
        || task.memoryMib() > memoryMib
        || !(task.models().isEmpty() || task.models().contains(model))) {
      return 0;
    }
    int gpus = 0;
    long usable = 0;
    for (int gpu : freeGpuMillis) {
      if (gpu >= task.gpuMillis()) {
        gpus++;
        usable += gpu;
      }
    }
    return gpus >= task.gpus() ? usable : 0;
  }
}
