package org.gpumarket.matcher.packing;

/**
 * What a rig has when nothing runs on it.
 *
 * @param model the model of all its GPUs
 * @param cpuMillis thousandths of a processor, 0 or more
 * @param memoryMib MiB, 0 or more
 * @param gpus 0 to {@link #MAX_GPUS}
 */
public record Rig(String model, long cpuMillis, long memoryMib, int gpus) {
  /** Thousandths in a GPU. */
  public static final int WHOLE_GPU = 1_000;

  /** The most GPUs a rig may have. */
  public static final int MAX_GPUS = 64;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException when one is out of range
   */
  public Rig {
    if (cpuMillis < 0 || memoryMib < 0) {
      throw new IllegalArgumentException("processors and memory are never negative");
    }
    if (gpus < 0 || gpus > MAX_GPUS) {
      throw new IllegalArgumentException("a rig has 0 to " + MAX_GPUS + " GPUs");
    }
  }
}
