package org.gpumarket.node.daemon;

import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.v1.IndexedEntry;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.ListEntriesResponse;
import org.gpumarket.v1.VerifyLedgerResponse;

/** The owner's questions about the ledger, translated. */
final class LocalBooks {
  private static final int MAX_ENTRIES = 1_000;
  private static final int DEFAULT_ENTRIES = 100;

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
    long size = ledger.size();
    long wanted = request.getPageSize() == 0 ? DEFAULT_ENTRIES : request.getPageSize();
    long first =
        request.getStartIndex() < 0
            ? Math.max(0, size + request.getStartIndex())
            : Math.min(size, request.getStartIndex());
    long last = Math.min(size, first + Math.clamp(wanted, 1, MAX_ENTRIES));
    ListEntriesResponse.Builder response =
        ListEntriesResponse.newBuilder().setLedgerSize(size).setCheckpoint(ledger.checkpoint());
    ledger.forEachEntry(
        first,
        last,
        (index, entry) ->
            response.addEntries(IndexedEntry.newBuilder().setIndex(index).setEntry(entry)));
    return response.build();
  }
}
