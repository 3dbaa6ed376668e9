package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import org.gpumarket.v1.AccountBalance;
import org.gpumarket.v1.LedgerEntry;

/** What can be asked of a ledger, whether its node runs or not. Safe for use by several threads. */
public sealed interface ReadableLedger permits Ledger, LedgerReader {
  /** How many entries it has. */
  long size() throws LedgerException;

  /**
   * An entry.
   *
   * @throws LedgerException when there is no such entry or its bytes are none
   */
  LedgerEntry entry(long index) throws LedgerException;

  /** Shows the entries from one index up to, not including, another. */
  default void forEachEntry(long from, long to, EntryVisitor visitor) throws LedgerException {
    for (long index = from; index < to; index++) {
      visitor.visit(index, entry(index));
    }
  }

  /** Every account with what moved on it, in the order of kind, counterparty and lease. */
  List<AccountBalance> balances() throws LedgerException;

  /** One of the node's own rows. */
  Optional<ByteString> row(String table, String key) throws LedgerException;

  /** All rows of a table, in the order of their keys. */
  List<Row> rows(String table) throws LedgerException;

  /** The newest signed checkpoint, as text; empty before the first entry. */
  String checkpoint() throws LedgerException;

  /** Checks everything from the entries up. Takes time in the order of the ledger's size. */
  VerifyReport verify() throws LedgerException;

  /** Sees one entry. */
  @FunctionalInterface
  interface EntryVisitor {
    void visit(long index, LedgerEntry entry) throws LedgerException;
  }
}
