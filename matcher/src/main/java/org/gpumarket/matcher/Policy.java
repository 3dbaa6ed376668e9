package org.gpumarket.matcher;

/** What decides between offers that all fit. */
public enum Policy {
  /** The lowest price per GPU-hour. */
  CHEAPEST,
  /**
   * Price, region and capacity, evenly: each gives 0 to 1000 points, and the sum decides. Price:
   * 1000 × lowest fitting price / own price. Region: 1000 for the region named first, less the
   * further back in the list. Capacity: 1000 × free GPUs / most free GPUs.
   */
  BALANCED
}
