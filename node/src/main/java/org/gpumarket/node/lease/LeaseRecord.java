package org.gpumarket.node.lease;

import java.util.List;
import java.util.function.Consumer;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.node.settlement.RefusalException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LeaseRow;
import org.gpumarket.v1.LeaseState;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Usage;
import org.gpumarket.v1.Voucher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lease as it is on disk, and the writes that change it.
 *
 * <p>Guarantees: {@link #row} is never ahead of the disk; a row and its entries become durable
 * together or not at all. Written under the lease's lock, read by any thread.
 */
final class LeaseRecord {
  private static final Logger log = LoggerFactory.getLogger(LeaseRecord.class);

  private final DurableWrites writes;
  private final LeaseTerms terms;
  private final Consumer<LeaseRow> moved;
  private volatile LeaseRow row;
  private volatile String problem = "";

  LeaseRecord(DurableWrites writes, LeaseRow row) {
    this(writes, row, _ -> {});
  }

  /**
   * The record of a lease whose row is on disk.
   *
   * @param moved called after each write that changes state or detail, by the writer's thread
   */
  LeaseRecord(DurableWrites writes, LeaseRow row, Consumer<LeaseRow> moved) {
    this.writes = writes;
    this.row = row;
    this.terms = LeaseTerms.stored(row.getQuote());
    this.moved = moved;
  }

  LeaseTerms terms() {
    return terms;
  }

  String leaseId() {
    return terms.leaseId();
  }

  LeaseRow row() {
    return row;
  }

  LeaseState state() {
    return row.getState();
  }

  /** The lease is closed or on its way there. */
  boolean hasEnded() {
    return row.getState().getNumber() >= LeaseState.LEASE_STATE_CLOSING.getNumber();
  }

  /** The newest usage; with sequence 0 where there is none. */
  Usage usage() {
    return LeaseRows.usage(row);
  }

  /** The newest voucher; covers nothing where there is none. */
  Voucher voucher() {
    return LeaseRows.voucher(row);
  }

  long durationMillis() {
    return LeaseRows.durationMillis(row, terms);
  }

  /** The most that can ever be used: the cards times the duration. */
  long mostGpuMillis() {
    return durationMillis() * terms.gpus().size();
  }

  /** The whole amount of the newest usage is vouchered. */
  boolean isCovered() {
    return LeaseRows.isCovered(row);
  }

  /** Why the newest write was not possible, in one sentence; empty when it was. */
  String problem() {
    return problem;
  }

  /**
   * Makes a new row durable.
   *
   * @throws RefusalException when nothing can be written now; the row is then as it was
   */
  void write(LeaseRow next, LedgerEntry... entries) throws RefusalException {
    boolean moves = next.getState() != row.getState() || !next.getDetail().equals(row.getDetail());
    writes.write(List.of(entries), LeaseRows.put(next));
    row = next;
    problem = "";
    if (moves) {
      moved.accept(next);
    }
  }

  /**
   * Makes a new row durable, if anything can be written now.
   *
   * @return whether it is; if not, {@link #problem} says why
   */
  boolean tryWrite(LeaseRow next, LedgerEntry... entries) {
    try {
      write(next, entries);
      return true;
    } catch (RefusalException e) {
      if (e.reason() != Reason.UNAVAILABLE) {
        throw new IllegalStateException("the books refuse lease " + leaseId(), e);
      }
      if (problem.isEmpty()) {
        log.warn("Lease {}: {}", leaseId(), e.sentence());
      }
      problem = e.sentence();
      return false;
    }
  }

  /** Enters a state, with its entry. */
  boolean tryEnter(LeaseState state) {
    LeaseRow next = row.toBuilder().setState(state).build();
    return tryWrite(next, LeaseEntries.changed(next));
  }

  /** Whether writing is possible after all; forgets the problem when it is. */
  boolean isWritable() {
    try {
      writes.requireWritable();
      problem = "";
      return true;
    } catch (RefusalException _) {
      return false;
    }
  }
}
