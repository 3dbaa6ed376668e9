package org.gpumarket.matcher;

/**
 * A part of a {@link PriceTree}: offers in the order of price, place on the {@link TieRing},
 * provider and name. Frozen once the book's epoch has passed its own: a view may be reading it, and
 * the writer goes on with a copy.
 */
abstract sealed class Node permits Leaf, Inner {
  /** Offers in a leaf, children of an inner node, at most. */
  static final int CAPACITY = 32;

  final long epoch;

  /** Offers or children. */
  int count;

  Node(long epoch) {
    this.epoch = epoch;
  }

  /** A copy that the writer may change in this epoch. */
  abstract Node copy(long newEpoch);

  /** Moves the upper half to a new node and returns that. */
  abstract Node split();

  /** Takes all of the next node, which is not used any more. The caller knows that they fit. */
  abstract void append(Node next);

  /** Offers below. */
  abstract int offers();

  /** The highest amount of a measure below; -1 when it is empty. */
  abstract int highest(int measure);

  /** All bits that any offer below has. */
  abstract long traits();

  /** No offer below expires before this. */
  abstract long expiresFrom();

  abstract long firstPrice();

  abstract Provider firstProvider();

  abstract String firstName();

  /** Orders two offers as the tree does. */
  static int compare(
      long price,
      Provider provider,
      String name,
      long otherPrice,
      Provider other,
      String otherName) {
    int byPrice = Long.compare(price, otherPrice);
    if (byPrice != 0) {
      return byPrice;
    }
    if (provider != other) {
      int byPlace = Long.compare(provider.place, other.place);
      return byPlace != 0 ? byPlace : provider.id.compareTo(other.id);
    }
    return name.compareTo(otherName);
  }
}
