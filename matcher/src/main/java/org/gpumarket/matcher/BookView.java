package org.gpumarket.matcher;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An indexed book at one moment: which buckets there are, and the root of each. Nobody changes one
 * that was frozen; the book's own goes with its changes.
 */
final class BookView {
  private final Buckets buckets;
  private final Node[] roots;
  private int size;
  private long expiresFrom;

  BookView(Buckets buckets, Node[] roots, int size, long expiresFrom) {
    this.buckets = buckets;
    this.roots = roots;
    this.size = size;
    this.expiresFrom = expiresFrom;
  }

  /** A view that stands still, if the nodes do from now on. */
  BookView freeze() {
    return new BookView(buckets, roots.clone(), size, expiresFrom);
  }

  Buckets buckets() {
    return buckets;
  }

  Node root(int number) {
    return roots[number];
  }

  void changed(Bucket bucket, int offers) {
    roots[bucket.number] = bucket.tree.root();
    size += offers;
  }

  /** Sets the time before which no offer expires. */
  void expiresFrom(long millis) {
    expiresFrom = millis;
  }

  long expiresFrom() {
    return expiresFrom;
  }

  int size() {
    return size;
  }

  /** How many offers have not expired. */
  int live(long nowMillis) {
    if (expiresFrom > nowMillis) {
      return size;
    }
    int live = 0;
    for (Node root : roots) {
      live += live(root, nowMillis);
    }
    return live;
  }

  static int live(Node node, long nowMillis) {
    int live = 0;
    for (int i = 0; i < node.count; i++) {
      if (node instanceof Inner inner) {
        live +=
            inner.expiresFrom(i) > nowMillis ? inner.offers(i) : live(inner.child[i], nowMillis);
      } else if (((Leaf) node).expireMillis[i] > nowMillis) {
        live++;
      }
    }
    return live;
  }

  /** The buckets, and where those of each model stand. Never changed. */
  static final class Buckets {
    private static final int[] NONE = {};

    private final List<Bucket> all;
    private final Map<String, int[]> byModel = new HashMap<>();
    private final int[] everyNumber;
    private int[] mixed = NONE;

    Buckets(List<Bucket> all) {
      this.all = List.copyOf(all);
      this.everyNumber = new int[all.size()];
      for (int number = 0; number < all.size(); number++) {
        everyNumber[number] = number;
        Bucket.Key key = all.get(number).key;
        if (key == null) {
          mixed = with(mixed, number);
        } else {
          byModel.merge(
              key.gpu().model(), new int[] {number}, (known, added) -> with(known, added[0]));
        }
      }
    }

    List<Bucket> all() {
      return all;
    }

    Bucket at(int number) {
      return all.get(number);
    }

    int[] everyNumber() {
      return everyNumber;
    }

    int[] ofModel(String model) {
      return byModel.getOrDefault(model, NONE);
    }

    /** The mixed bucket, where there is one. */
    int[] mixed() {
      return mixed;
    }

    private static int[] with(int[] known, int number) {
      int[] more = Arrays.copyOf(known, known.length + 1);
      more[known.length] = number;
      return more;
    }
  }
}
