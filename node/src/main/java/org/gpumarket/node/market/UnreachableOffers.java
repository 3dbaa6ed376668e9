package org.gpumarket.node.market;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.gpumarket.matcher.OfferKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers that came and were left out, since none of their addresses may be dialled from here: kept
 * so that the owner is told. Holds at most {@link #MAX_KEPT}, whoever sends how many. Safe for use
 * by several threads; the object's lock guards what is kept.
 */
final class UnreachableOffers {
  static final int MAX_KEPT = 64;

  private static final Logger LOG = LoggerFactory.getLogger(UnreachableOffers.class);

  private final Map<OfferKey, LeftOut> kept = new HashMap<>();

  /** Whether a version is newer than what is kept, and there is room for it. */
  synchronized boolean isNews(OfferKey key, long sequence, long nowMillis) {
    kept.values().removeIf(offer -> offer.expireMillis <= nowMillis);
    LeftOut before = kept.get(key);
    return before == null ? kept.size() < MAX_KEPT : before.sequence < sequence;
  }

  /**
   * Keeps an offer whose signature was checked until it expires; the first of a provider is logged.
   */
  synchronized void note(OfferKey key, org.gpumarket.v1.Offer offer) {
    String address = offer.getAddresses(0);
    boolean first = kept.keySet().stream().noneMatch(of -> of.provider().equals(key.provider()));
    kept.put(key, new LeftOut(address, offer.getSequence(), offer.getExpireTimeUnixMs()));
    if (first) {
      LOG.atInfo()
          .addKeyValue("provider", key.provider())
          .log(
              "offers are left out: their address {} is of a network in which this node was told"
                  + " of no peer; if it is yours, start with --bootstrap {}",
              address,
              address);
    }
  }

  synchronized void forget(OfferKey key) {
    kept.remove(key);
  }

  /** What is left out and what to do about it; empty when nothing is. */
  synchronized Optional<String> sentence(long nowMillis) {
    kept.values().removeIf(offer -> offer.expireMillis <= nowMillis);
    return kept.values().stream()
        .map(LeftOut::address)
        .min(String::compareTo)
        .map(
            address ->
                (kept.size() == 1
                        ? "1 offer is left out: its address " + address + " is"
                        : kept.size()
                            + " offers are left out: their addresses, such as "
                            + address
                            + ", are")
                    + " of a network in which this node was told of no peer; if it is yours, use"
                    + " --bootstrap "
                    + address);
  }

  private record LeftOut(String address, long sequence, long expireMillis) {}
}
