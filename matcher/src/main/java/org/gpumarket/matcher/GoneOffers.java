package org.gpumarket.matcher;

/**
 * What a book remembers of offers that it no longer holds: their highest sequences, for as long as
 * an earlier version could count. Used by one thread at a time.
 */
final class GoneOffers {
  /** What was withdrawn or has expired: four times what a provider may offer at a time. */
  private final SequenceMemory gone = new SequenceMemory(256, 1_000_000);

  /** What was withdrawn before it was offered: rare, and anybody can sign it, so kept apart. */
  private final SequenceMemory unknown = new SequenceMemory(16, 100_000);

  /** The highest sequence remembered of an offer; less than any when there is none. */
  long highest(OfferKey key) {
    return Math.max(gone.highest(key), unknown.highest(key));
  }

  /** The book holds the offer again, and with it a higher sequence. */
  void back(OfferKey key) {
    gone.forget(key);
    unknown.forget(key);
  }

  /** An offer that the book held is gone with this version. */
  void went(OfferKey key, long sequence, long expireMillis) {
    gone.remember(key, sequence, forgettable(expireMillis));
  }

  /** A withdrawal came of an offer that the book does not hold. */
  void withdrawnUnheld(OfferKey key, long sequence, long expireMillis) {
    SequenceMemory memory = gone.highest(key) == Long.MIN_VALUE ? unknown : gone;
    memory.remember(key, sequence, forgettable(expireMillis));
  }

  /** Forgets what can do no harm any more. */
  void forgetUntil(long nowMillis) {
    gone.forgetUntil(nowMillis);
    unknown.forgetUntil(nowMillis);
  }

  /**
   * From when on no earlier version can count: each was issued before this one expired, and lives
   * for an hour at most.
   */
  private static long forgettable(long expireMillis) {
    return expireMillis + Offer.MAX_LIFE_MILLIS + Offer.CLOCK_SKEW_MILLIS;
  }
}
