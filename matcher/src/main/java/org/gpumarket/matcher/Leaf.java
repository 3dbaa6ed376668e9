package org.gpumarket.matcher;

import java.util.Arrays;

/** Up to {@link Node#CAPACITY} offers in columns; the columns grow with them. */
final class Leaf extends Node {
  private static final int FIRST_CAPACITY = 4;

  /** Behind the measures stand what was told and what is held. */
  private static final int TOLD = Measure.COLUMNS;

  private static final int HELD = TOLD + 1;
  private static final int INTS = HELD + 1;

  long[] price;

  /** The providers' places, beside the providers so that a search need not fetch these. */
  long[] place;

  Provider[] provider;
  String[] name;
  Profile[] profile;
  long[] sequence;
  long[] expireMillis;

  /** {@link #INTS} columns, one after the other, each as long as the others. */
  private int[] ints;

  Leaf(long epoch) {
    super(epoch);
    price = new long[FIRST_CAPACITY];
    place = new long[FIRST_CAPACITY];
    provider = new Provider[FIRST_CAPACITY];
    name = new String[FIRST_CAPACITY];
    profile = new Profile[FIRST_CAPACITY];
    sequence = new long[FIRST_CAPACITY];
    expireMillis = new long[FIRST_CAPACITY];
    ints = new int[INTS * FIRST_CAPACITY];
  }

  private Leaf(Leaf from, long newEpoch, int capacity) {
    super(newEpoch);
    count = from.count;
    price = Arrays.copyOf(from.price, capacity);
    place = Arrays.copyOf(from.place, capacity);
    provider = Arrays.copyOf(from.provider, capacity);
    name = Arrays.copyOf(from.name, capacity);
    profile = Arrays.copyOf(from.profile, capacity);
    sequence = Arrays.copyOf(from.sequence, capacity);
    expireMillis = Arrays.copyOf(from.expireMillis, capacity);
    ints = from.ints(capacity);
  }

  int amount(int at, int measure) {
    return measure < Measure.COLUMNS
        ? ints[measure * price.length + at]
        : profile[at].amount(measure);
  }

  int free(int at) {
    return amount(at, Measure.GPUS.number());
  }

  /** The first place whose offer does not come before this price and place on the ring. */
  int from(long fromPrice, long fromPlace) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (price[middle] < fromPrice || (price[middle] == fromPrice && place[middle] < fromPlace)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The first place whose offer does not come before this one. */
  int from(long ofPrice, Provider of, String named) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(middle, ofPrice, of, named)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean isBefore(int at, long ofPrice, Provider of, String named) {
    if (price[at] != ofPrice) {
      return price[at] < ofPrice;
    }
    if (place[at] != of.place) {
      return place[at] < of.place;
    }
    return compare(ofPrice, provider[at], name[at], ofPrice, of, named) < 0;
  }

  /** Holds more GPUs of an offer, or gives back what is held. */
  void hold(int at, int more) {
    int held = HELD * price.length + at;
    ints[held] += more;
    ints[Measure.GPUS.number() * price.length + at] =
        Math.max(0, ints[TOLD * price.length + at] - ints[held]);
  }

  /** Orders an offer and one of another leaf as the tree does. */
  int compare(int at, Leaf other, int otherAt) {
    return compare(
        price[at],
        provider[at],
        name[at],
        other.price[otherAt],
        other.provider[otherAt],
        other.name[otherAt]);
  }

  /** The offer at a place, less what is held. */
  Offer offer(int at) {
    return new Entry(this, at).offer();
  }

  void read(int at, Entry into) {
    into.price = price[at];
    into.provider = provider[at];
    into.name = name[at];
    into.profile = profile[at];
    into.sequence = sequence[at];
    into.expireMillis = expireMillis[at];
    int capacity = price.length;
    for (int measure = 0; measure < Measure.COLUMNS; measure++) {
      into.columns[measure] = ints[measure * capacity + at];
    }
    into.told = ints[TOLD * capacity + at];
    into.held = ints[HELD * capacity + at];
  }

  void write(int at, Entry entry) {
    price[at] = entry.price;
    place[at] = entry.provider.place;
    provider[at] = entry.provider;
    name[at] = entry.name;
    profile[at] = entry.profile;
    sequence[at] = entry.sequence;
    expireMillis[at] = entry.expireMillis;
    int capacity = price.length;
    for (int measure = 0; measure < Measure.COLUMNS; measure++) {
      ints[measure * capacity + at] = entry.columns[measure];
    }
    ints[TOLD * capacity + at] = entry.told;
    ints[HELD * capacity + at] = entry.held;
  }

  /** The caller knows that there is room. */
  void insert(int at, Entry entry) {
    if (count == price.length) {
      grow(Math.min(CAPACITY, 2 * count));
    }
    shift(at, at + 1, count - at);
    count++;
    write(at, entry);
  }

  void remove(int at) {
    shift(at + 1, at, count - at - 1);
    count--;
    forget(count);
  }

  @Override
  Leaf copy(long newEpoch) {
    return new Leaf(this, newEpoch, price.length);
  }

  @Override
  Leaf split() {
    Leaf right = new Leaf(this, epoch, price.length);
    int keep = count / 2;
    right.shift(keep, 0, count - keep);
    right.count = count - keep;
    right.forget(right.count);
    count = keep;
    forget(count);
    return right;
  }

  @Override
  void append(Node next) {
    Leaf other = (Leaf) next;
    int all = count + other.count;
    if (all > price.length) {
      grow(CAPACITY);
    }
    for (int i = 0; i < other.count; i++) {
      write(count + i, new Entry(other, i));
    }
    count = all;
  }

  @Override
  int offers() {
    return count;
  }

  @Override
  int highest(int measure) {
    int highest = -1;
    for (int i = 0; i < count; i++) {
      highest = Math.max(highest, amount(i, measure));
    }
    return highest;
  }

  @Override
  long traits() {
    long traits = 0;
    for (int i = 0; i < count; i++) {
      traits |= profile[i].traits | provider[i].traits;
    }
    return traits;
  }

  @Override
  long expiresFrom() {
    long from = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      from = Math.min(from, expireMillis[i]);
    }
    return from;
  }

  @Override
  long firstPrice() {
    return price[0];
  }

  @Override
  Provider firstProvider() {
    return provider[0];
  }

  @Override
  String firstName() {
    return name[0];
  }

  private void grow(int capacity) {
    ints = ints(capacity);
    price = Arrays.copyOf(price, capacity);
    place = Arrays.copyOf(place, capacity);
    provider = Arrays.copyOf(provider, capacity);
    name = Arrays.copyOf(name, capacity);
    profile = Arrays.copyOf(profile, capacity);
    sequence = Arrays.copyOf(sequence, capacity);
    expireMillis = Arrays.copyOf(expireMillis, capacity);
  }

  private int[] ints(int capacity) {
    int[] wider = new int[INTS * capacity];
    for (int column = 0; column < INTS; column++) {
      System.arraycopy(ints, column * price.length, wider, column * capacity, count);
    }
    return wider;
  }

  private void shift(int from, int to, int length) {
    System.arraycopy(price, from, price, to, length);
    System.arraycopy(place, from, place, to, length);
    System.arraycopy(provider, from, provider, to, length);
    System.arraycopy(name, from, name, to, length);
    System.arraycopy(profile, from, profile, to, length);
    System.arraycopy(sequence, from, sequence, to, length);
    System.arraycopy(expireMillis, from, expireMillis, to, length);
    int capacity = price.length;
    for (int column = 0; column < INTS; column++) {
      System.arraycopy(ints, column * capacity + from, ints, column * capacity + to, length);
    }
  }

  /** Lets go of what stood from here on. */
  private void forget(int from) {
    Arrays.fill(provider, from, provider.length, null);
    Arrays.fill(name, from, name.length, null);
    Arrays.fill(profile, from, profile.length, null);
  }
}
