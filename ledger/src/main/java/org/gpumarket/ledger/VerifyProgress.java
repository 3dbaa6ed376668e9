package org.gpumarket.ledger;

/** Hears how far a check has come. */
@FunctionalInterface
public interface VerifyProgress {
  /**
   * Called on the thread that verifies, after every few hundred entries.
   *
   * @param entries how many hold, counted from the first; never fewer than the call before
   * @param of how many there are
   * @throws LedgerException to stop the check, which then ends with this exception
   */
  void verified(long entries, long of) throws LedgerException;
}
