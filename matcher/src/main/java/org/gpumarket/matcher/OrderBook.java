package org.gpumarket.matcher;

import java.util.Optional;

/**
 * The offers of the whole market, and the engine that answers orders from them.
 *
 * <p>Guarantees: the same offers, order and time give the same answer, in whatever order the offers
 * came; every offer that is ranked meets every requirement. Offers with equal rank stand in the
 * order of a hash over the order's salt and the provider's id: the salt is drawn by the consumer
 * for one order, so no provider can choose an id or a moment that puts it first, and equal
 * providers share the orders evenly.
 */
public interface OrderBook {
  /**
   * Takes an offer, or its newer version. The caller has checked that it expires at most {@link
   * Offer#MAX_LIFE_MILLIS} after its issue; then no version comes back once a later one was taken
   * or withdrawn, however late its copies arrive.
   *
   * @return false, and nothing changes, when the same version or a later one has been here
   */
  boolean upsert(Offer offer);

  /**
   * Removes an offer unless the same version or a later one has been here. A withdrawal of an offer
   * that was never here is remembered too, for few offers of a provider.
   *
   * @param expireMillis when the withdrawal expires; UTC milliseconds
   * @return whether there was one to remove
   */
  boolean withdraw(OfferKey key, long sequence, long expireMillis);

  /** Whether neither this version of an offer nor a later one has been here. */
  boolean isNews(OfferKey key, long sequence);

  /**
   * Removes what has expired, and forgets of what is gone all that can do no harm any more.
   *
   * @param nowMillis UTC milliseconds
   * @return how many
   */
  int expire(long nowMillis);

  Optional<Offer> offer(OfferKey key);

  /** How many offers it holds, expired ones included until {@link #expire}. */
  int size();

  /**
   * Ranks the offers that fit an order. Changes nothing.
   *
   * @param nowMillis UTC milliseconds; what has expired by then is not looked at
   */
  Match match(Order order, long nowMillis);
}
