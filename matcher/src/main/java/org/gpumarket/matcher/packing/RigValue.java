package org.gpumarket.matcher.packing;

/** What the free capacity of one rig is worth to later demands. */
@FunctionalInterface
public interface RigValue {
  /**
   * Values free capacity; a pure function of what comes in.
   *
   * @param model the model of the rig's GPUs
   * @param cpuMillis free thousandths of a processor
   * @param memoryMib free MiB
   * @param freeGpuMillis free thousandths of each GPU; only read, and only during the call
   * @return any unit, the same for all rigs
   */
  double of(String model, long cpuMillis, long memoryMib, int[] freeGpuMillis);
}
