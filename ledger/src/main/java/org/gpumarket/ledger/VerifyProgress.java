package org.gpumarket.ledger;

/** Hears how far a check has come. */
@FunctionalInterface
public interface VerifyProgress {
  /**
   * Called on the thread that verifies, after every few hundred entries.
   *
   * @param entries how many hold, counted from the first; never fewer than the call before, but
   *     once from the start where what was verified before proves to be by other rules
   * @param of how many there are
   * @throws LedgerException to stop the check, which then ends with this exception
   */
  void verified(long entries, long of) throws LedgerException;
}
