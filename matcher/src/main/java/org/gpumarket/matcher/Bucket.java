package org.gpumarket.matcher;

import org.jspecify.annotations.Nullable;

/**
 * Offers of one kind of GPU, in one currency, real or simulated: what an order passes by whole. The
 * mixed bucket takes what comes when there are too many kinds to have one each.
 */
final class Bucket {
  /** What its offers have in common. */
  record Key(GpuKind gpu, String currency, boolean simulated) {}

  /** Null where it is mixed. */
  final @Nullable Key key;

  /** Where its root stands in the book's view; the book's writer says. */
  int number;

  final PriceTree tree;

  Bucket(@Nullable Key key, long epoch) {
    this.key = key;
    this.tree = new PriceTree(epoch);
  }

  /** Whether it is for one kind that no offer is of any more. */
  boolean isEmptyKind() {
    return key != null && tree.size() == 0;
  }
}
