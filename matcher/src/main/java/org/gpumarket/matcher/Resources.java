package org.gpumarket.matcher;

/**
 * What comes beside the GPUs.
 *
 * @param cpuMillis thousandths of a processor
 * @param memoryMib MiB
 * @param diskMib MiB
 */
public record Resources(long cpuMillis, long memoryMib, long diskMib) {
  public static final Resources NONE = new Resources(0, 0, 0);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException when one is negative
   */
  public Resources {
    if (cpuMillis < 0 || memoryMib < 0 || diskMib < 0) {
      throw new IllegalArgumentException("processors, memory and disk are never negative");
    }
  }
}
