package org.gpumarket.node.daemon;

import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.ListEntriesResponse;
import org.gpumarket.v1.VerifyLedgerResponse;

/** The owner's questions about the ledger, translated. */
final class LocalBooks {
  private final Ledger ledger;

  LocalBooks(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Verifies, and tells the listener how far it is. */
  VerifyLedgerResponse verify(VerifyScope scope, LedgerCheck.Listener listener)
      throws LedgerException {
    return VerifyLedgerResponse.newBuilder()
        .setReport(LedgerCheck.run(ledger::verify, scope, listener))
        .build();
  }

  /** A page of entries; a negative start counts from the end. */
  ListEntriesResponse entries(ListEntriesRequest request) throws LedgerException {
    return EntryPages.page(ledger.size(), ledger::entry, request).toBuilder()
        .setCheckpoint(ledger.checkpoint())
        .build();
  }
}
