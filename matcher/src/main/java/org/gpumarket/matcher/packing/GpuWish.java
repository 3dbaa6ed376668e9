package org.gpumarket.matcher.packing;

/** How much of a rig's GPUs a lease wants. */
public sealed interface GpuWish {
  /**
   * Whole GPUs.
   *
   * @param count 1 to {@link Rig#MAX_GPUS}
   */
  record Whole(int count) implements GpuWish {
    /**
     * Checks the count.
     *
     * @throws IllegalArgumentException when it is out of range
     */
    public Whole {
      if (count < 1 || count > Rig.MAX_GPUS) {
        throw new IllegalArgumentException("a lease is for 1 to " + Rig.MAX_GPUS + " GPUs");
      }
    }
  }

  /**
   * A part of one GPU.
   *
   * @param millis thousandths, 1 to 999
   */
  record Part(int millis) implements GpuWish {
    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException when it is out of range
     */
    public Part {
      if (millis < 1 || millis >= Rig.WHOLE_GPU) {
        throw new IllegalArgumentException("a part of a GPU is 1 to 999 thousandths");
      }
    }
  }
}
