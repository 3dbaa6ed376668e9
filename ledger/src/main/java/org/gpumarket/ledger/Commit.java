package org.gpumarket.ledger;

import java.util.List;
import org.gpumarket.v1.LedgerEntry;

/**
 * What shall become durable together, or not at all.
 *
 * @param entries without time and transfers: the ledger sets both
 * @param rows changes to the node's own rows
 */
public record Commit(List<LedgerEntry> entries, List<RowChange> rows) {
  /** Copies the lists. */
  public Commit {
    entries = List.copyOf(entries);
    rows = List.copyOf(rows);
  }

  public static Commit of(LedgerEntry entry, RowChange... rows) {
    return new Commit(List.of(entry), List.of(rows));
  }

  public static Commit ofRows(RowChange... rows) {
    return new Commit(List.of(), List.of(rows));
  }
}
