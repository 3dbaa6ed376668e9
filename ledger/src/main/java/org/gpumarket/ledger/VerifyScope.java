package org.gpumarket.ledger;

/** How much of a ledger is checked. What is found wrong in either is named alike. */
public enum VerifyScope {
  /** Everything, whatever was checked before. */
  FULL,
  /**
   * Everything but the signatures of entries that this node has checked before; FULL when it
   * remembers none. Every entry is still read, hashed and replayed.
   */
  SINCE_LAST
}
