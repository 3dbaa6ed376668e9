package org.gpumarket.matcher.packing;

import java.util.Set;

/**
 * What one workload needs, all of it on one rig. Equal demands are of one kind.
 *
 * @param cpuMillis thousandths of a processor, 0 or more
 * @param memoryMib MiB, 0 or more
 * @param gpus 0 for a workload without GPUs, at most {@link Rig#MAX_GPUS}
 * @param gpuMillis thousandths of each GPU: 0 without GPUs, 1 to 1000 of one GPU, 1000 of several
 * @param models acceptable GPU models; empty for any
 */
public record Demand(long cpuMillis, long memoryMib, int gpus, int gpuMillis, Set<String> models) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException when one is out of range
   */
  public Demand {
    models = Set.copyOf(models);
    if (cpuMillis < 0 || memoryMib < 0) {
      throw new IllegalArgumentException("processors and memory are never negative");
    }
    if (gpus < 0 || gpus > Rig.MAX_GPUS) {
      throw new IllegalArgumentException("a demand is for 0 to " + Rig.MAX_GPUS + " GPUs");
    }
    boolean sound =
        switch (gpus) {
          case 0 -> gpuMillis == 0;
          case 1 -> gpuMillis >= 1 && gpuMillis <= Rig.WHOLE_GPU;
          default -> gpuMillis == Rig.WHOLE_GPU;
        };
    if (!sound) {
      throw new IllegalArgumentException(
          gpuMillis + " thousandths of " + gpus + " GPUs: only one GPU can be shared");
    }
  }

  /** Whether it takes a part of one GPU. */
  public boolean sharesGpu() {
    return gpus == 1 && gpuMillis < Rig.WHOLE_GPU;
  }

  /** Thousandths of a GPU in all. */
  public long totalGpuMillis() {
    return (long) gpus * gpuMillis;
  }

  boolean accepts(String model) {
    return models.isEmpty() || models.contains(model);
  }
}
