package org.gpumarket.node.lease;

/** What became of a lease's workload. */
sealed interface WorkloadNews {
  /** It does what is wanted of it. */
  record AsWanted() implements WorkloadNews {}

  /** Its runtime does not answer since just now: nobody knows what it does, it is not billed. */
  record LostSight() implements WorkloadNews {}

  /** Its runtime still does not answer: nothing can be done with it. */
  record OutOfSight() implements WorkloadNews {}

  /** It was out of sight, and does again what is wanted of it. */
  record BackInSight() implements WorkloadNews {}

  /** It has ended or is given up, and the lease ends with it. */
  record Ended(Closing why) implements WorkloadNews {}
}
