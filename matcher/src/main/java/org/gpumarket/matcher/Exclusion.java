package org.gpumarket.matcher;

import java.util.Optional;

/**
 * What a requirement kept out of an order that nothing fitted.
 *
 * @param counted offers for which it is the first requirement that they fail: these add up
 * @param alone offers that fail it and no other, counted up to {@link OrderBook#COUNT_LIMIT}:
 *     relaxing it would bring these
 * @param nearest of these, the one that asks for the smallest relaxation, then the cheapest
 */
public record Exclusion(Criterion criterion, int counted, int alone, Optional<Offer> nearest) {}
