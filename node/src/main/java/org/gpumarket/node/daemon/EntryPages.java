package org.gpumarket.node.daemon;

import org.gpumarket.ledger.LedgerException;
import org.gpumarket.v1.IndexedEntry;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.ListEntriesRequest;
import org.gpumarket.v1.ListEntriesResponse;

/** Cuts a ledger into answers that are no longer than a caller takes (local.proto). */
final class EntryPages {
  /** A quarter of what {@link LocalApi} takes in one message; entries have at most 64 KiB. */
  private static final int MAX_BYTES = 4 << 20;

  private static final int MAX_ENTRIES = 1_000;
  private static final int DEFAULT_ENTRIES = 100;

  private EntryPages() {}

  /** Where entries come from. */
  interface Source {
    LedgerEntry entry(long index) throws LedgerException;
  }

  /**
   * The page that is asked for, or as much of its beginning as fits: one entry at least, where
   * there is one.
   *
   * @param size how many entries there are
   */
  static ListEntriesResponse page(long size, Source source, ListEntriesRequest request)
      throws LedgerException {
    long wanted = request.getPageSize() == 0 ? DEFAULT_ENTRIES : request.getPageSize();
    long first =
        request.getStartIndex() < 0
            ? Math.max(0, size + request.getStartIndex())
            : Math.min(size, request.getStartIndex());
    long end = Math.min(size, first + Math.clamp(wanted, 1, MAX_ENTRIES));
    ListEntriesResponse.Builder page = ListEntriesResponse.newBuilder().setLedgerSize(size);
    long bytes = 0;
    for (long index = first; index < end && bytes < MAX_BYTES; index++) {
      LedgerEntry entry = source.entry(index);
      bytes += entry.getSerializedSize();
      page.addEntries(IndexedEntry.newBuilder().setIndex(index).setEntry(entry));
    }
    return page.build();
  }
}
