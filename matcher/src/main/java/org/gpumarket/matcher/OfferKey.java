package org.gpumarket.matcher;

import java.util.Comparator;

/**
 * Names an offer in the whole market. Ordered by provider, then by name.
 *
 * @param provider the provider's node id
 * @param name the provider's own name for the offer
 */
public record OfferKey(String provider, String name) implements Comparable<OfferKey> {
  private static final Comparator<OfferKey> ORDER =
      Comparator.comparing(OfferKey::provider).thenComparing(OfferKey::name);

  @Override
  public int compareTo(OfferKey other) {
    return ORDER.compare(this, other);
  }
}
