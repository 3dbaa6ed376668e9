package org.gpumarket.matcher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
  private final Map<Long, Hold> holds = new HashMap<>();
  private long lastHold;
  private final TieRing ring;

  /**
   * An empty book.
   *
   * @param secret known to no provider, see {@link OrderBook}
   */
  public PlainOrderBook(long secret) {
    this.ring = new TieRing(secret);
  }

  @Override
  public synchronized boolean upsert(Offer offer) {
    if (!isNews(offer.key(), offer.sequence())) {
      return false;
    }
    gone.back(offer.key());
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
    offers.remove(key);
    endHolds(key);
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
      endHolds(offer.key());
      gone.went(offer.key(), offer.sequence(), offer.expireTimeMillis());
    }
    gone.forgetUntil(nowMillis);
    return expired.size();
  }

  @Override
  public synchronized Optional<Offer> offer(OfferKey key) {
    return Optional.ofNullable(offers.get(key)).map(this::lessHeld);
  }

  @Override
  public synchronized int size() {
    return offers.size();
  }

  @Override
  public synchronized Match match(Order order, long nowMillis) {
    Requirements wanted = order.requirements();
    List<Offer> live =
        offers.values().stream()
            .filter(o -> o.expireTimeMillis() > nowMillis)
            .map(this::lessHeld)
            .toList();
    List<Offer> fitting = live.stream().filter(o -> failed(o, wanted).isEmpty()).toList();
    List<Offer> ranked =
        switch (order.policy()) {
          case CHEAPEST -> cheapestFirst(fitting, order.salt());
          case BALANCED -> bestBalancedFirst(fitting, wanted, order.salt());
        };
    int counted = Math.min(fitting.size(), COUNT_LIMIT);
    List<Exclusion> exclusions = ranked.isEmpty() ? exclusions(live, wanted) : List.of();
    return new Match(
        ranked.stream().limit(order.limit()).toList(),
        live.size(),
        counted,
        exclusions,
        ranked.isEmpty()
            ? Explanations.refusal(wanted, live.size(), exclusions)
            : Explanations.choice(
                order.policy(), ranked.stream().limit(2).toList(), counted, live.size()));
  }

  @Override
  public synchronized long hold(Order order, long nowMillis) {
    List<Offer> best =
        match(new Order(order.requirements(), order.policy(), 1, order.salt()), nowMillis).ranked();
    if (best.isEmpty()) {
      return NOTHING_HELD;
    }
    holds.put(++lastHold, new Hold(best.getFirst().key(), order.requirements().gpuCount()));
    return lastHold;
  }

  @Override
  public synchronized Optional<Offer> held(long hold) {
    return Optional.ofNullable(holds.get(hold)).flatMap(held -> offer(held.offer()));
  }

  @Override
  public synchronized boolean release(long hold) {
    return holds.remove(hold) != null;
  }

  /** Offers as they are told, less what is held. */
  private Offer lessHeld(Offer offer) {
    int held =
        holds.values().stream()
            .filter(hold -> hold.offer().equals(offer.key()))
            .mapToInt(Hold::gpus)
            .sum();
    return held == 0 ? offer : offer.withGpuAvailable(Math.max(0, offer.gpuAvailable() - held));
  }

  private void endHolds(OfferKey key) {
    holds.values().removeIf(hold -> hold.offer().equals(key));
  }

  /** GPUs of an offer that are held for an order. */
  private record Hold(OfferKey offer, int gpus) {}

  private static Set<Criterion> failed(Offer offer, Requirements wanted) {
    Set<Criterion> failed = EnumSet.noneOf(Criterion.class);
    for (Criterion criterion : Criterion.values()) {
      if (!criterion.meets(offer, wanted)) {
        failed.add(criterion);
      }
    }
    return failed;
  }

  private List<Exclusion> exclusions(List<Offer> live, Requirements wanted) {
    List<Exclusion> exclusions = new ArrayList<>();
    for (Criterion criterion : Criterion.values()) {
      int counted = 0;
      List<Offer> alone = new ArrayList<>();
      for (Offer offer : live) {
        Set<Criterion> failed = failed(offer, wanted);
        if (failed.iterator().next() == criterion) {
          counted++;
        }
        if (failed.equals(EnumSet.of(criterion))) {
          alone.add(offer);
        }
      }
      if (counted > 0 || !alone.isEmpty()) {
        exclusions.add(
            new Exclusion(
                criterion,
                counted,
                Math.min(alone.size(), COUNT_LIMIT),
                alone.stream().min(nearest(criterion))));
      }
    }
    return exclusions;
  }

  private Comparator<Offer> nearest(Criterion criterion) {
    return Comparator.<Offer>comparingLong(o -> -criterion.nearness(o)).thenComparing(byPrice());
  }

  private Comparator<Offer> byPrice() {
    return Comparator.<Offer>comparingLong(o -> o.price().microsPerGpuHour())
        .thenComparingLong(o -> ring.place(o.key().provider()))
        .thenComparing(o -> o.key().provider())
        .thenComparing(o -> o.key().name());
  }

  private List<Offer> cheapestFirst(List<Offer> fitting, long salt) {
    Map<Long, List<Offer>> byPrice = new TreeMap<>();
    for (Offer offer : fitting) {
      byPrice.computeIfAbsent(offer.price().microsPerGpuHour(), _ -> new ArrayList<>()).add(offer);
    }
    List<Offer> ranked = new ArrayList<>();
    for (List<Offer> equals : byPrice.values()) {
      equals.sort(
          Comparator.comparing((Offer o) -> ring.place(o.key().provider()), TieRing.from(salt)));
      List<Offer> window = new ArrayList<>();
      Set<String> drawing = new HashSet<>();
      for (Offer offer : equals) {
        if (drawing.size() == TieRing.WINDOW && !drawing.contains(offer.key().provider())) {
          window.sort(byLot(salt));
          ranked.addAll(window);
          window.clear();
          drawing.clear();
        }
        drawing.add(offer.key().provider());
        window.add(offer);
      }
      window.sort(byLot(salt));
      ranked.addAll(window);
    }
    return ranked;
  }

  private List<Offer> bestBalancedFirst(List<Offer> fitting, Requirements wanted, long salt) {
    long lowest = fitting.stream().mapToLong(o -> o.price().microsPerGpuHour()).min().orElse(0);
    Comparator<Offer> byPoints =
        Comparator.comparingLong(
            o ->
                -Points.of(
                    o.region(), o.price().microsPerGpuHour(), lowest, o.gpuAvailable(), wanted));
    return fitting.stream().sorted(byPoints.thenComparing(byLot(salt))).toList();
  }

  private Comparator<Offer> byLot(long salt) {
    return Comparator.<Offer>comparingLong(o -> TieRing.lot(salt, ring.place(o.key().provider())))
        .thenComparing(o -> o.key().provider())
        .thenComparing(o -> o.key().name());
  }
}
