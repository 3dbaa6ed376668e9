package org.gpumarket.matcher;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tree's offers that fit a query, in the tree's order, and passes by subtrees that have
 * none. The tree must not change meanwhile. Used by one thread, again and again.
 */
final class Cursor {
  /** Each level more takes sixteen times the insertions, however few offers are left of them. */
  private static final int MAX_DEPTH = 16;

  private final Inner[] path = new Inner[MAX_DEPTH];
  private final int[] next = new int[MAX_DEPTH];
  private int depth;
  private @Nullable Leaf leaf;
  private int at;
  private boolean mixed;

  /** Goes before the first offer that does not come before this price and place on the ring. */
  void seek(Node root, boolean ofMixed, long price, long place, Query query) {
    mixed = ofMixed;
    depth = 0;
    leaf = null;
    Node node = root;
    while (node instanceof Inner inner) {
      int child = inner.from(price, place);
      path[depth] = inner;
      next[depth++] = child + 1;
      if (!query.mayFit(inner, child)) {
        return;
      }
      node = inner.child[child];
    }
    leaf = (Leaf) node;
    at = ((Leaf) node).from(price, place) - 1;
  }

  /**
   * Goes to the next offer that fits.
   *
   * @param ceiling the highest price that counts, in micro-units
   * @return false when there is none
   */
  boolean next(Query query, long ceiling) {
    Leaf in = leaf;
    while (true) {
      if (in != null) {
        while (++at < in.count) {
          if (in.price[at] > ceiling) {
            return end();
          }
          if (query.fits(in, at, mixed)) {
            leaf = in;
            return true;
          }
        }
      }
      in = nextLeaf(query, ceiling);
      if (in == null) {
        return end();
      }
      at = -1;
    }
  }

  /** The leaf of the offer it stands at. */
  Leaf leaf() {
    if (leaf == null) {
      throw new IllegalStateException("the cursor stands at no offer");
    }
    return leaf;
  }

  /** The place in the leaf of the offer it stands at. */
  int at() {
    return at;
  }

  /** Stands nowhere and keeps no node from being collected. */
  void forget() {
    end();
    Arrays.fill(path, null);
  }

  private @Nullable Leaf nextLeaf(Query query, long ceiling) {
    while (depth > 0) {
      Inner inner = path[depth - 1];
      int child = next[depth - 1];
      if (child == inner.count || inner.firstPrice(child) > ceiling) {
        depth--;
        continue;
      }
      next[depth - 1] = child + 1;
      if (query.mayFit(inner, child)) {
        Node node = inner.child[child];
        if (node instanceof Leaf found) {
          return found;
        }
        path[depth] = (Inner) node;
        next[depth++] = 0;
      }
    }
    return null;
  }

  private boolean end() {
    leaf = null;
    depth = 0;
    return false;
  }
}
