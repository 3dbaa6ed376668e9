package org.gpumarket.node.runtime;

/** Says which promise of a card is the newest. What holds an older one must not run. */
@FunctionalInterface
public interface GpuFence {
  boolean newest(String gpuUuid, long epoch);
}
