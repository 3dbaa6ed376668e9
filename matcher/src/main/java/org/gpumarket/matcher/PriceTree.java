package org.gpumarket.matcher;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Offers in the order of price, place on the {@link TieRing}, provider and name, as a B+-tree whose
 * inner nodes know the best of what is below, so that a search passes by what cannot fit.
 *
 * <p>Changed by one writer. Nodes of an earlier epoch are never changed but copied, so that whoever
 * took the root with the epoch's end reads a view that stands still.
 */
final class PriceTree {
  /** A child this small is merged with a neighbour when both fit into one. */
  private static final int SMALL = Node.CAPACITY / 4;

  private Node root;

  /** Free GPUs of the offer that is just being held, before and after. */
  private int freeBefore;

  private int freeAfter;
  private long epoch;

  PriceTree(long epoch) {
    this.epoch = epoch;
    this.root = new Leaf(epoch);
  }

  Node root() {
    return root;
  }

  int size() {
    return root.offers();
  }

  /** Puts in an offer that is not there. */
  void insert(Entry entry, long now) {
    begin(now);
    Node right = insertInto(root, entry);
    if (right != null) {
      Inner above = new Inner(epoch);
      above.insert(0, root);
      above.insert(1, right);
      root = above;
    }
  }

  /** Reads an offer that is there. */
  Entry read(long price, Provider provider, String name) {
    Node node = root;
    while (node instanceof Inner inner) {
      node = inner.child[inner.of(price, provider, name)];
    }
    Leaf leaf = (Leaf) node;
    return new Entry(leaf, leaf.from(price, provider, name));
  }

  /** Changes an offer whose price, provider and name stay. */
  void replace(Entry before, Entry after, long now) {
    begin(now);
    replaceIn(root, before, after);
  }

  /** Holds more GPUs of an offer that is there, or gives back what is held. */
  void hold(long price, Provider provider, String name, int more, long now) {
    begin(now);
    holdIn(root, price, provider, name, more);
  }

  /** Takes out an offer that is there, all of which the entry tells. */
  void remove(Entry entry, long now) {
    begin(now);
    removeFrom(root, entry);
    while (root instanceof Inner inner && inner.count == 1) {
      root = inner.child[0];
    }
  }

  /**
   * Hands what has expired to the sink.
   *
   * @return a time before which nothing else expires
   */
  long expired(long nowMillis, long now, Consumer<Entry> sink) {
    long next = root.expiresFrom();
    if (next > nowMillis) {
      return next;
    }
    begin(now);
    return expired(root, nowMillis, sink);
  }

  private void begin(long now) {
    epoch = now;
    root = own(root);
  }

  private Node own(Node node) {
    return node.epoch == epoch ? node : node.copy(epoch);
  }

  private Node own(Inner inner, int at) {
    Node node = own(inner.child[at]);
    inner.child[at] = node;
    return node;
  }

  /** The new right neighbour, where the node had to be split. */
  private @Nullable Node insertInto(Node node, Entry entry) {
    if (node instanceof Inner inner) {
      int at = inner.of(entry.price, entry.provider, entry.name);
      Node right = insertInto(own(inner, at), entry);
      if (right == null) {
        inner.include(at, entry);
        return null;
      }
      inner.summarize(at);
      return insertChild(inner, at + 1, right);
    }
    Leaf leaf = (Leaf) node;
    int at = leaf.from(entry.price, entry.provider, entry.name);
    if (leaf.count < Node.CAPACITY) {
      leaf.insert(at, entry);
      return null;
    }
    Leaf right = leaf.split();
    if (at <= leaf.count) {
      leaf.insert(at, entry);
    } else {
      right.insert(at - leaf.count, entry);
    }
    return right;
  }

  private static @Nullable Node insertChild(Inner inner, int at, Node child) {
    if (inner.count < Node.CAPACITY) {
      inner.insert(at, child);
      return null;
    }
    Inner right = inner.split();
    if (at <= inner.count) {
      inner.insert(at, child);
    } else {
      right.insert(at - inner.count, child);
    }
    return right;
  }

  private void replaceIn(Node node, Entry before, Entry after) {
    if (node instanceof Inner inner) {
      int at = inner.of(after.price, after.provider, after.name);
      replaceIn(own(inner, at), before, after);
      inner.replace(at, before, after);
    } else {
      Leaf leaf = (Leaf) node;
      leaf.write(leaf.from(after.price, after.provider, after.name), after);
    }
  }

  private void holdIn(Node node, long price, Provider provider, String name, int more) {
    if (node instanceof Inner inner) {
      int at = inner.of(price, provider, name);
      holdIn(own(inner, at), price, provider, name, more);
      inner.free(at, freeBefore, freeAfter);
    } else {
      Leaf leaf = (Leaf) node;
      int at = leaf.from(price, provider, name);
      freeBefore = leaf.free(at);
      leaf.hold(at, more);
      freeAfter = leaf.free(at);
    }
  }

  private void removeFrom(Node node, Entry entry) {
    if (node instanceof Leaf leaf) {
      leaf.remove(leaf.from(entry.price, entry.provider, entry.name));
      return;
    }
    Inner inner = (Inner) node;
    int at = inner.of(entry.price, entry.provider, entry.name);
    removeFrom(own(inner, at), entry);
    if (inner.child[at].count == 0) {
      inner.remove(at);
      return;
    }
    inner.exclude(at, entry);
    if (inner.child[at].count <= SMALL) {
      mergeSmall(inner, at);
    }
  }

  private void mergeSmall(Inner inner, int at) {
    if (!mergeWithNext(inner, at)) {
      mergeWithNext(inner, at - 1);
    }
  }

  private boolean mergeWithNext(Inner inner, int at) {
    if (at < 0
        || at + 1 >= inner.count
        || inner.child[at].count + inner.child[at + 1].count > Node.CAPACITY - SMALL) {
      return false;
    }
    own(inner, at).append(inner.child[at + 1]);
    inner.remove(at + 1);
    inner.summarize(at);
    return true;
  }

  private long expired(Node node, long nowMillis, Consumer<Entry> sink) {
    if (node instanceof Inner inner) {
      for (int i = 0; i < inner.count; i++) {
        if (inner.expiresFrom(i) <= nowMillis) {
          inner.expiresFrom(i, expired(own(inner, i), nowMillis, sink));
        }
      }
      return inner.expiresFrom();
    }
    Leaf leaf = (Leaf) node;
    long next = Long.MAX_VALUE;
    for (int i = 0; i < leaf.count; i++) {
      if (leaf.expireMillis[i] <= nowMillis) {
        sink.accept(new Entry(leaf, i));
      } else {
        next = Math.min(next, leaf.expireMillis[i]);
      }
    }
    return next;
  }

  /**
   * Checks order, fill and summaries.
   *
   * @return all offers, in order
   * @throws IllegalStateException that says what is broken
   */
  static List<Entry> validate(Node root) {
    List<Entry> all = new ArrayList<>();
    check(root instanceof Leaf || root.count > 1, "a root has one child");
    validate(root, all);
    for (int i = 1; i < all.size(); i++) {
      Entry one = all.get(i - 1);
      Entry other = all.get(i);
      check(
          Node.compare(one.price, one.provider, one.name, other.price, other.provider, other.name)
              < 0,
          "offers are out of order");
    }
    return all;
  }

  private static int validate(Node node, List<Entry> all) {
    if (node instanceof Leaf leaf) {
      for (int i = 0; i < leaf.count; i++) {
        all.add(new Entry(leaf, i));
      }
      return 1;
    }
    Inner inner = (Inner) node;
    int depth = 0;
    for (int i = 0; i < inner.count; i++) {
      Node child = inner.child[i];
      check(child.count > 0, "a child is empty");
      int below = validate(child, all);
      check(i == 0 || below == depth, "leaves differ in depth");
      depth = below;
      check(inner.firstPrice(i) == child.firstPrice(), "a first price is wrong");
      check(inner.firstProvider(i) == child.firstProvider(), "a first provider is wrong");
      check(inner.firstName(i).equals(child.firstName()), "a first name is wrong");
      check(inner.traits(i) == child.traits(), "traits are wrong");
      check(inner.offers(i) == child.offers(), "offers are miscounted below");
      check(inner.expiresFrom(i) <= child.expiresFrom(), "something expires earlier than said");
      for (int measure = 0; measure < Measure.COUNT; measure++) {
        check(inner.highest(i, measure) == child.highest(measure), "a highest amount is wrong");
      }
    }
    return depth + 1;
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
