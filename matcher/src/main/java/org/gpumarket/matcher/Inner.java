package org.gpumarket.matcher;

import java.util.Arrays;

/**
 * Up to {@link Node#CAPACITY} subtrees, and of each what a search needs to pass it by: its first
 * offer, the highest amount of every measure, the bits of all its offers.
 */
final class Inner extends Node {
  private static final int GPUS = Measure.GPUS.number();

  final Node[] child = new Node[CAPACITY];
  private final long[] firstPrice = new long[CAPACITY];

  /** The providers' places, beside the providers so that a search need not fetch these. */
  private final long[] firstPlace = new long[CAPACITY];

  private final Provider[] firstProvider = new Provider[CAPACITY];
  private final String[] firstName = new String[CAPACITY];
  private final long[] traits = new long[CAPACITY];

  /** Lower bounds. */
  private final long[] expiresFrom = new long[CAPACITY];

  private final int[] offers = new int[CAPACITY];

  /** {@link Measure#COUNT} for each child, one child after the other. */
  private final int[] highest = new int[CAPACITY * Measure.COUNT];

  Inner(long epoch) {
    super(epoch);
  }

  long firstPrice(int at) {
    return firstPrice[at];
  }

  Provider firstProvider(int at) {
    return firstProvider[at];
  }

  String firstName(int at) {
    return firstName[at];
  }

  long traits(int at) {
    return traits[at];
  }

  int highest(int at, int measure) {
    return highest[at * Measure.COUNT + measure];
  }

  int offers(int at) {
    return offers[at];
  }

  long expiresFrom(int at) {
    return expiresFrom[at];
  }

  /**
   * The last child whose first offer comes before this price and place; the first when none does.
   */
  int from(long price, long place) {
    int low = 1;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (firstPrice[middle] < price
          || (firstPrice[middle] == price && firstPlace[middle] < place)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** The child that has this offer or would take it. */
  int of(long price, Provider provider, String name) {
    int low = 1;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (!isAfter(middle, price, provider, name)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private boolean isAfter(int at, long price, Provider provider, String name) {
    if (firstPrice[at] != price) {
      return firstPrice[at] > price;
    }
    if (firstPlace[at] != provider.place) {
      return firstPlace[at] > provider.place;
    }
    return compare(price, firstProvider[at], firstName[at], price, provider, name) > 0;
  }

  /** Puts a child in and tells all of it. The caller knows that there is room. */
  void insert(int at, Node node) {
    shift(at, at + 1, count - at);
    count++;
    child[at] = node;
    summarize(at);
  }

  void remove(int at) {
    shift(at + 1, at, count - at - 1);
    count--;
    forget(count);
  }

  /** Looks at a child anew. */
  void summarize(int at) {
    Node node = child[at];
    refreshFirst(at);
    traits[at] = node.traits();
    expiresFrom[at] = node.expiresFrom();
    offers[at] = node.offers();
    for (int measure = 0; measure < Measure.COUNT; measure++) {
      highest[at * Measure.COUNT + measure] = node.highest(measure);
    }
  }

  /** Takes note of an offer that has come to a child. */
  void include(int at, Entry entry) {
    refreshFirst(at);
    traits[at] |= entry.traits();
    expiresFrom[at] = Math.min(expiresFrom[at], entry.expireMillis);
    offers[at]++;
    for (int measure = 0; measure < Measure.COUNT; measure++) {
      int row = at * Measure.COUNT + measure;
      highest[row] = Math.max(highest[row], entry.amount(measure));
    }
  }

  /** Takes note of an offer that has left a child, which is not empty. */
  void exclude(int at, Entry entry) {
    refreshFirst(at);
    traits[at] = child[at].traits();
    offers[at]--;
    for (int measure = 0; measure < Measure.COUNT; measure++) {
      lower(at, measure, entry.amount(measure));
    }
  }

  /** Takes note of an offer that has changed in place in a child. */
  void replace(int at, Entry before, Entry after) {
    if (before.profile != after.profile) {
      traits[at] = child[at].traits();
    }
    expiresFrom[at] = Math.min(expiresFrom[at], after.expireMillis);
    for (int measure = 0; measure < Measure.COUNT; measure++) {
      int was = before.amount(measure);
      int is = after.amount(measure);
      int row = at * Measure.COUNT + measure;
      if (is >= highest[row]) {
        highest[row] = is;
      } else if (is < was) {
        lower(at, measure, was);
      }
    }
  }

  /** Takes note of other free GPUs of one offer in a child. */
  void free(int at, int was, int is) {
    int row = at * Measure.COUNT + GPUS;
    if (is >= highest[row]) {
      highest[row] = is;
    } else if (is < was) {
      lower(at, GPUS, was);
    }
  }

  /** Raises a lower bound after what had expired below has gone. */
  void expiresFrom(int at, long millis) {
    expiresFrom[at] = millis;
  }

  private void lower(int at, int measure, int was) {
    int row = at * Measure.COUNT + measure;
    if (was == highest[row]) {
      highest[row] = child[at].highest(measure);
    }
  }

  private void refreshFirst(int at) {
    Node node = child[at];
    firstPrice[at] = node.firstPrice();
    firstProvider[at] = node.firstProvider();
    firstPlace[at] = firstProvider[at].place;
    firstName[at] = node.firstName();
  }

  @Override
  Inner copy(long newEpoch) {
    Inner copy = new Inner(newEpoch);
    take(this, 0, copy, 0, count);
    copy.count = count;
    return copy;
  }

  @Override
  Inner split() {
    Inner right = new Inner(epoch);
    int keep = count / 2;
    take(this, keep, right, 0, count - keep);
    right.count = count - keep;
    count = keep;
    forget(count);
    return right;
  }

  @Override
  void append(Node next) {
    take((Inner) next, 0, this, count, next.count);
    count += next.count;
  }

  @Override
  int offers() {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += offers[i];
    }
    return sum;
  }

  @Override
  int highest(int measure) {
    int most = -1;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, highest[i * Measure.COUNT + measure]);
    }
    return most;
  }

  @Override
  long traits() {
    long all = 0;
    for (int i = 0; i < count; i++) {
      all |= traits[i];
    }
    return all;
  }

  @Override
  long expiresFrom() {
    long from = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      from = Math.min(from, expiresFrom[i]);
    }
    return from;
  }

  @Override
  long firstPrice() {
    return firstPrice[0];
  }

  @Override
  Provider firstProvider() {
    return firstProvider[0];
  }

  @Override
  String firstName() {
    return firstName[0];
  }

  private void shift(int from, int to, int length) {
    take(this, from, this, to, length);
  }

  private static void take(Inner source, int from, Inner target, int to, int length) {
    System.arraycopy(source.child, from, target.child, to, length);
    System.arraycopy(source.firstPrice, from, target.firstPrice, to, length);
    System.arraycopy(source.firstProvider, from, target.firstProvider, to, length);
    System.arraycopy(source.firstPlace, from, target.firstPlace, to, length);
    System.arraycopy(source.firstName, from, target.firstName, to, length);
    System.arraycopy(source.traits, from, target.traits, to, length);
    System.arraycopy(source.expiresFrom, from, target.expiresFrom, to, length);
    System.arraycopy(source.offers, from, target.offers, to, length);
    System.arraycopy(
        source.highest,
        from * Measure.COUNT,
        target.highest,
        to * Measure.COUNT,
        length * Measure.COUNT);
  }

  /** Lets go of what stood from here on. */
  private void forget(int from) {
    Arrays.fill(child, from, CAPACITY, null);
    Arrays.fill(firstProvider, from, CAPACITY, null);
    Arrays.fill(firstName, from, CAPACITY, null);
  }
}
