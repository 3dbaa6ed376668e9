package org.gpumarket.node.lease;

/**
 * Whether a lease's ledger can be written: while it cannot for longer than the grace time, nothing
 * is to run on credit that nobody can note. Used under the lease's lock.
 */
final class LedgerWatch {
  private final LeaseRecord record;
  private final Alarm writableBy;
  private boolean holding;

  LedgerWatch(LeaseRecord record, LeaseSurroundings surroundings) {
    this.record = record;
    this.writableBy = new Alarm(surroundings);
  }

  /** What is to be done. */
  enum Advice {
    GO_ON,
    /** Hold the workload, and call {@link #held}. */
    HOLD,
    /** Let go on what was held. */
    LET_GO
  }

  /** The workload was paused, because the ledger cannot be written. */
  void held() {
    holding = true;
  }

  Advice look() {
    if (record.problem().isEmpty() && !holding) {
      writableBy.clear();
      return Advice.GO_ON;
    }
    writableBy.setIfClear(record.terms().graceMillis());
    if (record.isWritable()) {
      boolean letGo = holding;
      holding = false;
      writableBy.clear();
      return letGo ? Advice.LET_GO : Advice.GO_ON;
    }
    return writableBy.isDue() && !holding ? Advice.HOLD : Advice.GO_ON;
  }
}
