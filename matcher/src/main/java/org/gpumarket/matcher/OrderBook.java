package org.gpumarket.matcher;

import java.util.Optional;

/**
 * The offers of the whole market, and the engine that answers orders from them.
 *
 * <p>Guarantees: the same offers, order and time give the same answer, in whatever order the offers
 * came; every offer that is ranked meets every requirement. Offers of equal rank are put in order
 * by lots that nobody can cheaply arrange to win: the book has a secret, the consumer draws a salt
 * for each order, and several offers of one provider draw one lot (see {@code TieRing}).
 */
public interface OrderBook {
  /** Up to here fitting offers and exclusions are counted; more are told as this many. */
  int COUNT_LIMIT = 1_000;

  /** The number of no hold. */
  long NOTHING_HELD = -1;

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

  /**
   * Takes the GPUs an order wants from the best offer that fits, at once with the choice, so that
   * no other order gets the same. What is held is not free in this book, whatever later versions of
   * the offer say, until it is released or the offer leaves the book.
   *
   * @param nowMillis UTC milliseconds
   * @return the number of the hold, or {@link #NOTHING_HELD} when nothing fits
   */
  long hold(Order order, long nowMillis);

  /**
   * The offer that GPUs are held of.
   *
   * @return empty when the hold was released or the offer has left the book
   */
  Optional<Offer> held(long hold);

  /**
   * Gives back what is held.
   *
   * @return whether there was something to give back
   */
  boolean release(long hold);
}
