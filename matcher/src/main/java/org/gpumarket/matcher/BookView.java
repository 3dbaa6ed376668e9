package org.gpumarket.matcher;

import java.util.ArrayList;
import java.util.List;

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

  /** Ranks the offers that fit an order, as {@link OrderBook#match} says. */
  Match match(Order order, long nowMillis) {
    Search search = new Search(new Query(order.requirements(), nowMillis));
    search.rank(this, order, Math.max(2, order.limit()), nowMillis);
    int considered = live(nowMillis);
    if (search.ranked().size() == 0) {
      List<Exclusion> exclusions = new Refusal(this, order.requirements(), nowMillis).exclusions();
      return new Match(
          List.of(),
          considered,
          0,
          exclusions,
          Explanations.refusal(order.requirements(), considered, exclusions));
    }
    List<Offer> best = new ArrayList<>();
    for (int i = 0; i < search.ranked().size(); i++) {
      best.add(search.ranked().offer(i));
    }
    int fitting = search.count(this, OrderBook.COUNT_LIMIT);
    return new Match(
        best.subList(0, Math.min(best.size(), order.limit())),
        considered,
        fitting,
        List.of(),
        Explanations.choice(
            order.policy(), best.subList(0, Math.min(best.size(), 2)), fitting, considered));
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
}
