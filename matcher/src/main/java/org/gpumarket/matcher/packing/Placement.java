package org.gpumarket.matcher.packing;

import java.util.List;

/**
 * A place for a demand.
 *
 * @param rig the rig's number in its fleet
 * @param gpus the numbers of the GPUs on that rig, ascending; empty for a demand without GPUs
 */
public record Placement(int rig, List<Integer> gpus) {
  /** Copies the list. */
  public Placement {
    gpus = List.copyOf(gpus);
  }
}
