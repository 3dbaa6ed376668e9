package org.gpumarket.matcher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The order book for a whole market: offers of one kind stand in the order of their price in a tree
 * that knows the best of every part, so that an order touches little more than what fits.
 *
 * <p>Answers as {@link PlainOrderBook} does. Safe for use by several threads: one lock guards all
 * changes; a match reads a view that stands still and holds the lock only while it takes it. After
 * a view was taken, a change copies the few nodes it touches, once.
 *
 * <p>What an order costs: little more than what it ranks, where the subtrees know of what keeps
 * offers out. At worst it is a look at each offer of the buckets that may fit: where every subtree
 * has a bit of everything and no offer all of it; where {@link Policy#BALANCED} finds many with the
 * same points; where much has expired and {@link #expire} was not called; where many kinds share
 * the mixed bucket. A refusal looks once more for each requirement that the order asks. What one
 * provider offers at a price counts for at most as many as are ranked. The last page of a search
 * costs what all pages before it did.
 */
public final class IndexedOrderBook implements OrderBook {
  /** Kinds of offers with a bucket of their own; each costs an order that takes any a look. */
  static final int MAX_BUCKETS = 1_024;

  private final TieRing ring;
  private final Map<String, Provider> providers = new HashMap<>();
  private final Map<Profile.Terms, Profile> profiles = new HashMap<>();
  private final Map<Bucket.Key, Bucket> buckets = new HashMap<>();
  private final List<Bucket> bucketList = new ArrayList<>();
  private final Places places = new Places();
  private final GoneOffers gone = new GoneOffers();

  /** Counts up when a view is taken: nodes of an earlier epoch are frozen. */
  private long epoch;

  private BookView live = new BookView(new Buckets(List.of()), new Node[0], 0, Long.MAX_VALUE);
  private @Nullable BookView frozen;
  private @Nullable Bucket mixed;

  /** Buckets of one kind that stand empty. */
  private int emptyBuckets;

  private final Holds holds = new Holds();
  private @Nullable Search holding;

  /**
   * An empty book.
   *
   * @param secret known to no provider, see {@link OrderBook}
   */
  public IndexedOrderBook(long secret) {
    this.ring = new TieRing(secret);
  }

  @Override
  public synchronized boolean upsert(Offer offer) {
    Provider known = providers.get(offer.key().provider());
    int slot = known == null ? -1 : places.find(known, offer.key().name());
    if (known != null && slot >= 0) {
      return update(offer, known, slot);
    }
    if (gone.highest(offer.key()) >= offer.sequence()) {
      return false;
    }
    gone.back(offer.key());
    insert(new Entry(offer, provider(offer.key().provider()), profile(offer), 0));
    return true;
  }

  @Override
  public synchronized boolean withdraw(OfferKey key, long sequence, long expireMillis) {
    Provider provider = providers.get(key.provider());
    int slot = provider == null ? -1 : places.find(provider, key.name());
    if (provider == null || slot < 0) {
      if (sequence > gone.highest(key)) {
        gone.withdrawnUnheld(key, sequence, expireMillis);
      }
      return false;
    }
    Entry entry = read(provider, key.name(), slot);
    if (entry.sequence >= sequence) {
      return false;
    }
    gone.went(key, sequence, Math.max(expireMillis, entry.expireMillis));
    remove(entry, slot);
    return true;
  }

  @Override
  public synchronized boolean isNews(OfferKey key, long sequence) {
    Provider provider = providers.get(key.provider());
    int slot = provider == null ? -1 : places.find(provider, key.name());
    return sequence
        > (provider == null || slot < 0
            ? gone.highest(key)
            : read(provider, key.name(), slot).sequence);
  }

  @Override
  public synchronized int expire(long nowMillis) {
    int expired = live.expiresFrom() > nowMillis ? 0 : removeExpired(nowMillis);
    gone.forgetUntil(nowMillis);
    return expired;
  }

  private int removeExpired(long nowMillis) {
    List<Entry> expired = new ArrayList<>();
    long next = Long.MAX_VALUE;
    for (Bucket bucket : bucketList) {
      next = Math.min(next, bucket.tree.expired(nowMillis, epoch, expired::add));
      changed(bucket, 0);
    }
    for (Entry entry : expired) {
      remove(entry, places.find(entry.provider, entry.name));
      gone.went(new OfferKey(entry.provider.id, entry.name), entry.sequence, entry.expireMillis);
    }
    live.expiresFrom(next);
    return expired.size();
  }

  @Override
  public synchronized Optional<Offer> offer(OfferKey key) {
    Provider provider = providers.get(key.provider());
    int slot = provider == null ? -1 : places.find(provider, key.name());
    return provider == null || slot < 0
        ? Optional.empty()
        : Optional.of(read(provider, key.name(), slot).offer());
  }

  @Override
  public synchronized int size() {
    return live.size();
  }

  @Override
  public Match match(Order order, long nowMillis) {
    return view().match(order, nowMillis);
  }

  @Override
  public synchronized long hold(Order order, long nowMillis) {
    Search search = holding;
    if (search == null) {
      search = new Search(new Query(order.requirements(), nowMillis));
      holding = search;
    }
    search.rank(live, order, 1, nowMillis);
    if (search.ranked().size() == 0) {
      search.forget();
      return NOTHING_HELD;
    }
    Leaf leaf = search.ranked().leaf(0);
    Provider provider = leaf.provider[search.ranked().at(0)];
    String name = leaf.name[search.ranked().at(0)];
    search.forget();
    int place = places.find(provider, name);
    int gpus = order.requirements().gpuCount();
    hold(provider, name, place, gpus);
    return holds.put(provider, name, places.stay(place), gpus);
  }

  @Override
  public synchronized Optional<Offer> held(long hold) {
    int slot = holds.find(hold);
    int place = slot < 0 ? -1 : place(slot);
    return place < 0
        ? Optional.empty()
        : Optional.of(read(holds.provider(slot), holds.name(slot), place).offer());
  }

  @Override
  public synchronized boolean release(long hold) {
    int slot = holds.find(hold);
    if (slot < 0) {
      return false;
    }
    int place = place(slot);
    if (place >= 0) {
      hold(holds.provider(slot), holds.name(slot), place, -holds.gpus(slot));
    }
    holds.remove(slot);
    return place >= 0;
  }

  /** Where the offer stands of which this slot holds GPUs; negative when it has left. */
  private int place(int slot) {
    int place = places.find(holds.provider(slot), holds.name(slot));
    return place >= 0 && places.stay(place) == holds.stay(slot) ? place : -1;
  }

  private void hold(Provider provider, String name, int place, int more) {
    Bucket bucket = places.bucket(place);
    bucket.tree.hold(places.price(place), provider, name, more, epoch);
    changed(bucket, 0);
  }

  /** The offers as they are now, standing still. */
  synchronized BookView view() {
    BookView view = frozen;
    if (view == null) {
      view = live.freeze();
      frozen = view;
      epoch++;
    }
    return view;
  }

  private boolean update(Offer offer, Provider provider, int slot) {
    Entry before = read(provider, offer.key().name(), slot);
    if (before.sequence >= offer.sequence()) {
      return false;
    }
    Profile profile = before.profile.terms.describes(offer) ? before.profile : profile(offer);
    Entry after = new Entry(offer, provider, profile, before.held);
    Bucket bucket = places.bucket(slot);
    Bucket next = next(bucket, profile.kind);
    if (before.price == after.price && bucket == next) {
      replace(before, after, bucket);
    } else {
      take(before, bucket);
      put(after, next);
      places.move(slot, next, after.price);
    }
    profile.offers++;
    letGo(before.profile);
    return true;
  }

  private void insert(Entry entry) {
    entry.profile.offers++;
    entry.provider.offers++;
    Bucket bucket = bucket(entry.profile.kind);
    put(entry, bucket);
    places.put(entry.provider, entry.name, bucket, entry.price);
  }

  private void remove(Entry entry, int slot) {
    take(entry, places.bucket(slot));
    places.remove(slot);
    letGo(entry.profile);
    entry.provider.offers--;
    if (entry.provider.offers == 0) {
      providers.remove(entry.provider.id);
    }
  }

  private void replace(Entry before, Entry after, Bucket bucket) {
    bucket.tree.replace(before, after, epoch);
    changed(bucket, 0);
    live.expiresFrom(Math.min(live.expiresFrom(), after.expireMillis));
  }

  private void put(Entry entry, Bucket bucket) {
    emptyBuckets -= bucket.isEmptyKind() ? 1 : 0;
    bucket.tree.insert(entry, epoch);
    changed(bucket, 1);
    live.expiresFrom(Math.min(live.expiresFrom(), entry.expireMillis));
  }

  private void take(Entry entry, Bucket bucket) {
    bucket.tree.remove(entry, epoch);
    changed(bucket, -1);
    emptyBuckets += bucket.isEmptyKind() ? 1 : 0;
  }

  private void changed(Bucket bucket, int offers) {
    frozen = null;
    live.changed(bucket, offers);
  }

  private Entry read(Provider provider, String name, int slot) {
    return places.bucket(slot).tree.read(places.price(slot), provider, name);
  }

  private Provider provider(String id) {
    return providers.computeIfAbsent(id, i -> new Provider(i, ring.place(i)));
  }

  private Profile profile(Offer offer) {
    return profiles.computeIfAbsent(Profile.Terms.of(offer), terms -> new Profile(terms, ring));
  }

  /** Where the next version of an offer belongs that stands in this bucket. */
  private Bucket next(Bucket bucket, Bucket.Key key) {
    return key.equals(bucket.key) ? bucket : bucket(key);
  }

  /** The bucket of a kind, made when there is room for one more, or else the mixed one. */
  private Bucket bucket(Bucket.Key key) {
    Bucket bucket = buckets.get(key);
    if (bucket != null) {
      return bucket;
    }
    if (buckets.size() == MAX_BUCKETS && emptyBuckets > 0) {
      dropEmptyBuckets();
    }
    return buckets.size() < MAX_BUCKETS ? addBucket(key) : mixedBucket();
  }

  private Bucket mixedBucket() {
    Bucket known = mixed;
    if (known == null) {
      known = addBucket(null);
      mixed = known;
    }
    return known;
  }

  private Bucket addBucket(Bucket.@Nullable Key key) {
    Bucket added = new Bucket(key, epoch);
    bucketList.add(added);
    if (key != null) {
      buckets.put(key, added);
      emptyBuckets++;
    }
    renumber();
    return added;
  }

  /** Makes room for the bucket that is added next, with which all are numbered anew. */
  private void dropEmptyBuckets() {
    buckets.values().removeIf(Bucket::isEmptyKind);
    bucketList.removeIf(Bucket::isEmptyKind);
    emptyBuckets = 0;
  }

  private void renumber() {
    Node[] roots = new Node[bucketList.size()];
    for (int number = 0; number < roots.length; number++) {
      bucketList.get(number).number = number;
      roots[number] = bucketList.get(number).tree.root();
    }
    frozen = null;
    live = new BookView(new Buckets(bucketList), roots, live.size(), live.expiresFrom());
  }

  private void letGo(Profile profile) {
    profile.offers--;
    if (profile.offers == 0) {
      profiles.remove(profile.terms);
    }
  }

  /**
   * Checks every invariant of the index.
   *
   * @throws IllegalStateException that names the first one that is broken
   */
  synchronized void validate() {
    int offers = 0;
    Map<Provider, Integer> ofProvider = new HashMap<>();
    Map<Profile, Integer> ofProfile = new HashMap<>();
    for (Bucket bucket : bucketList) {
      check(live.root(bucket.number) == bucket.tree.root(), "a root is not the tree's");
      for (Entry entry : PriceTree.validate(bucket.tree.root())) {
        offers++;
        ofProvider.merge(entry.provider, 1, Integer::sum);
        ofProfile.merge(entry.profile, 1, Integer::sum);
        int slot = places.find(entry.provider, entry.name);
        check(slot >= 0 && places.bucket(slot) == bucket, "an offer is not in its place");
        check(places.price(slot) == entry.price, "an offer's place has another price");
        check(
            bucket.key == null || bucket.key.equals(entry.profile.kind),
            "an offer is in another kind's bucket");
        check(entry.expireMillis >= live.expiresFrom(), "an offer expires before the book says");
      }
    }
    check(
        emptyBuckets == buckets.values().stream().filter(Bucket::isEmptyKind).count(),
        "empty buckets are miscounted");
    check(offers == live.size() && offers == places.size(), "offers are miscounted");
    check(ofProvider.size() == providers.size(), "a provider is kept without offers");
    check(ofProfile.size() == profiles.size(), "a profile is kept without offers");
    ofProvider.forEach((known, count) -> check(known.offers == count, "a provider miscounts"));
    ofProfile.forEach((known, count) -> check(known.offers == count, "a profile miscounts"));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
