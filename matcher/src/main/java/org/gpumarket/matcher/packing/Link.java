package org.gpumarket.matcher.packing;

import java.util.List;

/** What makes GPUs neighbours, the fastest first. */
enum Link {
  NVLINK,
  NUMA,
  PCIE;

  /** The GPU's group by this link; {@link RigGpu#ALONE} for a group of itself. */
  int group(RigGpu gpu) {
    return switch (this) {
      case NVLINK -> gpu.nvlinkGroup();
      case NUMA -> gpu.numaNode();
      case PCIE -> gpu.pcieSwitch();
    };
  }

  /** How many wholly free GPUs are in the group of this one. */
  long freeNeighbours(RigGpu gpu, List<RigGpu> gpus) {
    int group = group(gpu);
    return group == RigGpu.ALONE
        ? 0
        : gpus.stream().filter(g -> group(g) == group && g.isWhollyFree()).count();
  }
}
