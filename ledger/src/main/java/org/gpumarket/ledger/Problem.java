package org.gpumarket.ledger;

/**
 * The first thing that is wrong with a ledger.
 *
 * @param index the entry's index, or -1 when it is not one entry's
 * @param sentence what is wrong, for people
 */
public record Problem(long index, String sentence) {}
