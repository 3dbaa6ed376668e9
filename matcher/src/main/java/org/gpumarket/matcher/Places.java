package org.gpumarket.matcher;

import org.jspecify.annotations.Nullable;

/**
 * Where each offer of an indexed book stands: its bucket, and the price under which its tree has
 * it. A hash table with linear probing, since a map of objects would weigh more than the offers.
 * Used by the book's writer alone.
 */
final class Places {
  private static final int FIRST_CAPACITY = 16;

  private @Nullable Provider[] providers = new Provider[FIRST_CAPACITY];
  private @Nullable String[] names = new String[FIRST_CAPACITY];
  private @Nullable Bucket[] buckets = new Bucket[FIRST_CAPACITY];
  private long[] prices = new long[FIRST_CAPACITY];
  private int[] stays = new int[FIRST_CAPACITY];
  private int size;
  private int lastStay;

  int size() {
    return size;
  }

  /** The slot of an offer; negative when it is not there. */
  int find(Provider provider, String name) {
    int slot = home(provider, name);
    while (providers[slot] != null) {
      if (providers[slot] == provider && name.equals(names[slot])) {
        return slot;
      }
      slot = next(slot);
    }
    return -1;
  }

  Bucket bucket(int slot) {
    Bucket bucket = buckets[slot];
    if (bucket == null) {
      throw new IllegalStateException("no offer stands in this slot");
    }
    return bucket;
  }

  long price(int slot) {
    return prices[slot];
  }

  /** Tells one stay of an offer in the book from later ones under the same name. */
  int stay(int slot) {
    return stays[slot];
  }

  void move(int slot, Bucket bucket, long price) {
    buckets[slot] = bucket;
    prices[slot] = price;
  }

  /** Puts in an offer that is not there. */
  void put(Provider provider, String name, Bucket bucket, long price) {
    if (3 * (size + 1) > 2 * prices.length) {
      grow();
    }
    set(provider, name, bucket, price, ++lastStay);
    size++;
  }

  /** Takes out the offer in a slot, and closes the gap. */
  void remove(int slot) {
    int gap = slot;
    int look = next(gap);
    while (true) {
      Provider provider = providers[look];
      String name = names[look];
      if (provider == null || name == null) {
        break;
      }
      int wanted = home(provider, name);
      boolean reachable =
          gap <= look ? gap < wanted && wanted <= look : gap < wanted || wanted <= look;
      if (!reachable) {
        providers[gap] = provider;
        names[gap] = name;
        buckets[gap] = buckets[look];
        prices[gap] = prices[look];
        stays[gap] = stays[look];
        gap = look;
      }
      look = next(look);
    }
    providers[gap] = null;
    names[gap] = null;
    buckets[gap] = null;
    size--;
  }

  private void set(Provider provider, String name, Bucket bucket, long price, int stay) {
    int slot = home(provider, name);
    while (providers[slot] != null) {
      slot = next(slot);
    }
    providers[slot] = provider;
    names[slot] = name;
    buckets[slot] = bucket;
    prices[slot] = price;
    stays[slot] = stay;
  }

  private void grow() {
    @Nullable Provider[] oldProviders = providers;
    @Nullable String[] oldNames = names;
    @Nullable Bucket[] oldBuckets = buckets;
    long[] oldPrices = prices;
    int[] oldStays = stays;
    int capacity = 2 * oldPrices.length;
    providers = new Provider[capacity];
    names = new String[capacity];
    buckets = new Bucket[capacity];
    prices = new long[capacity];
    stays = new int[capacity];
    for (int i = 0; i < oldPrices.length; i++) {
      Provider provider = oldProviders[i];
      String name = oldNames[i];
      Bucket bucket = oldBuckets[i];
      if (provider != null && name != null && bucket != null) {
        set(provider, name, bucket, oldPrices[i], oldStays[i]);
      }
    }
  }

  private int home(Provider provider, String name) {
    long hash = (provider.place ^ name.hashCode()) * 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 32) & (prices.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (prices.length - 1);
  }
}
