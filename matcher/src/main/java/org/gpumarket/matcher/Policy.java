package org.gpumarket.matcher;

/** What decides between offers that all fit. */
public enum Policy {
  /** The lowest price per GPU-hour. */
  CHEAPEST,
  /**
   * Price, region and capacity, evenly: each gives 0 to 1000 points, rounded down, and the highest
   * sum wins. Price: 1000 × lowest fitting price / own price. Region: 1000 × (n − i) / n for an
   * offer in the one named at place i (from 0) of the n wanted; 1000 where none is named. Capacity:
   * 1000 × free GPUs / (free GPUs + wanted GPUs).
   */
  BALANCED
}
