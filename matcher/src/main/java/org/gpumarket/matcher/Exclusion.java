package org.gpumarket.matcher;

/**
 * How many offers a requirement kept out.
 *
 * @param counted offers for which it is the first requirement that they fail: these add up
 * @param alone offers that fail it and no other: relaxing it would bring these
 */
public record Exclusion(Criterion criterion, int counted, int alone) {}
