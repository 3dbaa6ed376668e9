package org.gpumarket.matcher;

import java.util.Set;

/**
 * What many offers have in common: all of an offer but its name, number, price, free GPUs,
 * resources and expiry. Kept once for all that share it.
 */
final class Profile {
  private static final int LONGEST = Measure.LONGEST_SECONDS.number();

  final Terms terms;

  /** What decides about the bucket. */
  final Bucket.Key kind;

  private final int longestSeconds;
  private final int brevitySeconds;

  /** Stands for its region: a hash under the book's secret, so that nobody makes two alike. */
  final long regionKey;

  /** Its bits, see {@link Traits}. */
  final long traits;

  /** Offers that share it; the book's writer counts. */
  int offers;

  Profile(Terms terms, TieRing ring) {
    this.terms = terms;
    this.regionKey = ring.place(terms.region().text());
    this.kind = new Bucket.Key(terms.gpu(), terms.currency(), terms.simulated());
    this.longestSeconds = Measure.longest(terms.maxDurationMillis());
    this.brevitySeconds = Measure.brevity(terms.minDurationMillis());
    this.traits = Traits.of(terms.region()) | Traits.of(terms.runtimes());
  }

  /** Its amount of a measure from {@link Measure#COLUMNS} on. */
  int amount(int measure) {
    return measure == LONGEST ? longestSeconds : brevitySeconds;
  }

  /** What an offer says of itself beside what changes often. */
  record Terms(
      GpuKind gpu,
      String currency,
      boolean simulated,
      Region region,
      Set<RuntimeKind> runtimes,
      int gpuCount,
      long minDurationMillis,
      long maxDurationMillis) {
    static Terms of(Offer offer) {
      return new Terms(
          offer.gpu(),
          offer.price().currency(),
          offer.simulated(),
          offer.region(),
          offer.runtimes(),
          offer.gpuCount(),
          offer.minDurationMillis(),
          offer.maxDurationMillis());
    }

    /** Whether an offer says the same. */
    boolean describes(Offer offer) {
      return gpuCount == offer.gpuCount()
          && simulated == offer.simulated()
          && minDurationMillis == offer.minDurationMillis()
          && maxDurationMillis == offer.maxDurationMillis()
          && currency.equals(offer.price().currency())
          && gpu.equals(offer.gpu())
          && region.equals(offer.region())
          && runtimes.equals(offer.runtimes());
    }
  }
}
