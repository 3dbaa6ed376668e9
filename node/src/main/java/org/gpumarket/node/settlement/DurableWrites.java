package org.gpumarket.node.settlement;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.gpumarket.ledger.Commit;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerUnavailableException;
import org.gpumarket.ledger.RowChange;
import org.gpumarket.ledger.books.RefusedEntryException;
import org.gpumarket.node.settlement.RefusalException.Reason;
import org.gpumarket.v1.LedgerEntry;

/** Writes that have reached the disk when the call returns. Safe for use by several threads. */
public final class DurableWrites {
  private final Ledger ledger;

  public DurableWrites(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Writes entries and rows together.
   *
   * @throws RefusalException {@link Reason#UNAVAILABLE} when nothing can be written now, {@link
   *     Reason#WRONG_STATE} when a rule of the books forbids an entry; nothing is written then
   */
  public void write(List<LedgerEntry> entries, RowChange... rows) throws RefusalException {
    boolean interrupted = Thread.interrupted();
    try {
      await(new Commit(entries, List.of(rows)));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Refuses what would need a write while none is possible.
   *
   * @throws RefusalException with the ledger's sentence
   */
  public void requireWritable() throws RefusalException {
    var problem = ledger.unavailable();
    if (problem.isPresent()) {
      throw new RefusalException(Reason.UNAVAILABLE, problem.get());
    }
  }

  private void await(Commit commit) throws RefusalException {
    var done = ledger.commit(commit);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          var _ = done.get();
          return;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw refusal(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RefusalException refusal(ExecutionException failure) {
    return switch (failure.getCause()) {
      case LedgerUnavailableException e ->
          new RefusalException(Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
      case RefusedEntryException e ->
          new RefusalException(Reason.WRONG_STATE, String.valueOf(e.getMessage()));
      case null, default -> throw new IllegalStateException("the ledger failed", failure);
    };
  }
}
