package org.gpumarket.matcher;

/**
 * One kind of GPU.
 *
 * @param model short name, lower case
 * @param tier rung of the ladder, 1 (ENTRY_1) to 11 (ULTRA_HIGH_3)
 * @param vramMib memory of one GPU, MiB, 0 to {@link Integer#MAX_VALUE}
 */
public record GpuKind(String model, int tier, long vramMib) {
  public static final int LOWEST_TIER = 1;
  public static final int HIGHEST_TIER = 11;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException with one sentence when one is out of range
   */
  public GpuKind {
    if (tier < LOWEST_TIER || tier > HIGHEST_TIER) {
      throw new IllegalArgumentException("a tier is one of 11, not " + tier);
    }
    if (model.isEmpty() || vramMib < 0 || vramMib > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a GPU has a model, and memory in its range");
    }
  }
}
