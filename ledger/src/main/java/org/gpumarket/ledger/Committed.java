package org.gpumarket.ledger;

/**
 * Where a commit stands in the ledger.
 *
 * @param firstIndex index of its first entry; the ledger's size before when it had none
 * @param size entries in the ledger after it
 */
public record Committed(long firstIndex, long size) {}
