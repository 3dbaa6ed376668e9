package org.gpumarket.matcher;

/**
 * What comes beside the GPUs. Each is from 0 to {@link Integer#MAX_VALUE}: two million processors,
 * two pebibytes.
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
   * @throws IllegalArgumentException when one is out of range
   */
  public Resources {
    if (cpuMillis < 0 || memoryMib < 0 || diskMib < 0) {
      throw new IllegalArgumentException("processors, memory and disk are never negative");
    }
    if (cpuMillis > Integer.MAX_VALUE
        || memoryMib > Integer.MAX_VALUE
        || diskMib > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no rig has that much processor, memory or disk");
    }
  }
}
