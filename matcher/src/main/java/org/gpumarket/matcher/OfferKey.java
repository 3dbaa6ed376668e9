package org.gpumarket.matcher;

/**
 * Names an offer in the whole market.
 *
 * @param provider the provider's node id
 * @param name the provider's own name for the offer
 */
public record OfferKey(String provider, String name) {}
