package org.gpumarket.matcher.packing;

/**
 * One GPU of a rig and its neighbours.
 *
 * @param number its number on the rig, 0 to {@link Rig#MAX_GPUS} − 1
 * @param freeMillis free thousandths, 0 to 1000
 * @param nvlinkGroup the GPUs that reach one another over NVLink share this number; {@link #ALONE}
 *     without NVLink
 * @param numaNode the processor socket that it hangs from, by NUMA node; {@link #ALONE} where
 *     unknown
 * @param pcieSwitch the PCIe switch that it hangs from; {@link #ALONE} when from the processor
 */
public record RigGpu(int number, int freeMillis, int nvlinkGroup, int numaNode, int pcieSwitch) {
  /** The group of a GPU that shares the link with no other. */
  public static final int ALONE = -1;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException when one is out of range
   */
  public RigGpu {
    if (number < 0 || number >= Rig.MAX_GPUS) {
      throw new IllegalArgumentException("GPUs are numbered 0 to " + (Rig.MAX_GPUS - 1));
    }
    if (freeMillis < 0 || freeMillis > Rig.WHOLE_GPU) {
      throw new IllegalArgumentException("a GPU has 0 to 1000 thousandths free");
    }
    if (nvlinkGroup < ALONE || numaNode < ALONE || pcieSwitch < ALONE) {
      throw new IllegalArgumentException("groups are numbered from 0");
    }
  }

  boolean isWhollyFree() {
    return freeMillis == Rig.WHOLE_GPU;
  }
}
