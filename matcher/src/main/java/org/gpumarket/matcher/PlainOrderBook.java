package org.gpumarket.matcher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The order book as one would explain it: every offer is looked at for every order. Correct before
 * all else, it is the oracle of any faster one. Safe for use by several threads; a match sees the
 * book between two changes.
 */
public final class PlainOrderBook implements OrderBook {
  /** By provider and name, so that nothing depends on the order in which offers came. */
  private final Map<OfferKey, Offer> offers =
      new TreeMap<>(Comparator.comparing(OfferKey::provider).thenComparing(OfferKey::name));

  private final GoneOffers gone = new GoneOffers();

  private @Nullable List<Offer> snapshot;

  @Override
  public synchronized boolean upsert(Offer offer) {
    if (!isNews(offer.key(), offer.sequence())) {
      return false;
    }
    gone.back(offer.key());
    snapshot = null;
    offers.put(offer.key(), offer);
    return true;
  }

  @Override
  public synchronized boolean withdraw(OfferKey key, long sequence, long expireMillis) {
    if (!isNews(key, sequence)) {
      return false;
    }
    Offer known = offers.get(key);
    if (known == null) {
      gone.withdrawnUnheld(key, sequence, expireMillis);
      return false;
    }
    gone.went(key, sequence, Math.max(expireMillis, known.expireTimeMillis()));
    snapshot = null;
    offers.remove(key);
    return true;
  }

  @Override
  public synchronized boolean isNews(OfferKey key, long sequence) {
    Offer known = offers.get(key);
    return sequence > (known == null ? gone.highest(key) : known.sequence());
  }

  @Override
  public synchronized int expire(long nowMillis) {
    List<Offer> expired =
        offers.values().stream().filter(o -> o.expireTimeMillis() <= nowMillis).toList();
    for (Offer offer : expired) {
      offers.remove(offer.key());
      gone.went(offer.key(), offer.sequence(), offer.expireTimeMillis());
      snapshot = null;
    }
    gone.forgetUntil(nowMillis);
    return expired.size();
  }

  @Override
  public synchronized Optional<Offer> offer(OfferKey key) {
    return Optional.ofNullable(offers.get(key));
  }

  @Override
  public synchronized int size() {
    return offers.size();
  }

  @Override
  public Match match(Order order, long nowMillis) {
    Requirements wanted = order.requirements();
    List<Offer> fitting = new ArrayList<>();
    Failures failures = new Failures();
    int considered = 0;
    for (Offer offer : snapshot()) {
      if (offer.expireTimeMillis() > nowMillis) {
        considered++;
        if (failures.meetsAll(offer, wanted)) {
          fitting.add(offer);
        }
      }
    }
    fitting.sort(ranking(order, fitting));
    List<Exclusion> exclusions = failures.exclusions();
    return new Match(
        fitting.stream().limit(order.limit()).toList(),
        considered,
        fitting.size(),
        exclusions,
        fitting.isEmpty()
            ? Explanations.refusal(wanted, considered, exclusions)
            : Explanations.choice(order.policy(), fitting, considered));
  }

  /** The offers in the order of their keys; made anew only after a change. */
  private synchronized List<Offer> snapshot() {
    List<Offer> known = snapshot;
    if (known == null) {
      known = List.copyOf(offers.values());
      snapshot = known;
    }
    return known;
  }

  private static Comparator<Offer> ranking(Order order, List<Offer> fitting) {
    Comparator<Offer> best =
        switch (order.policy()) {
          case CHEAPEST -> Comparator.comparingLong(offer -> offer.price().microsPerGpuHour());
          case BALANCED -> balanced(order.requirements(), fitting);
        };
    Map<String, Long> draws =
        fitting.stream()
            .map(offer -> offer.key().provider())
            .distinct()
            .collect(Collectors.toMap(p -> p, p -> draw(order.salt(), p)));
    return best.thenComparingLong(offer -> draws.getOrDefault(offer.key().provider(), 0L))
        .thenComparing(offer -> offer.key().provider())
        .thenComparing(offer -> offer.key().name());
  }

  private static Comparator<Offer> balanced(Requirements wanted, List<Offer> fitting) {
    long lowest = fitting.stream().mapToLong(o -> o.price().microsPerGpuHour()).min().orElse(0);
    int most = fitting.stream().mapToInt(Offer::gpuAvailable).max().orElse(1);
    return Comparator.comparingLong(
        offer ->
            -(pricePoints(offer, lowest)
                + regionPoints(offer, wanted)
                + capacityPoints(offer, most)));
  }

  private static long pricePoints(Offer offer, long lowest) {
    long price = offer.price().microsPerGpuHour();
    return price == 0 ? 1000 : 1000 * lowest / price;
  }

  private static long regionPoints(Offer offer, Requirements wanted) {
    int count = wanted.regions().size();
    for (int i = 0; i < count; i++) {
      if (offer.region().within(wanted.regions().get(i))) {
        return 1000L * (count - i) / count;
      }
    }
    return 1000;
  }

  private static long capacityPoints(Offer offer, int most) {
    return 1000L * offer.gpuAvailable() / most;
  }

  /** FNV-1a over the provider's id, mixed with the salt by the finalizer of SplitMix64. */
  private static long draw(long salt, String provider) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < provider.length(); i++) {
      hash = (hash ^ provider.charAt(i)) * 0x100000001b3L;
    }
    long z = hash + salt * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
