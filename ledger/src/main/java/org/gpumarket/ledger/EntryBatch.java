package org.gpumarket.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.gpumarket.ledger.log.Hashes;
import org.gpumarket.v1.LedgerEntry;

/**
 * Entries in a row with what can be computed of each by itself.
 *
 * @param first the index of the first
 * @param entries as they were read
 * @param leaves the entries' hashes
 * @param end what is wrong with the entry after the last, when it cannot be read
 */
record EntryBatch(
    long first, List<LedgerEntry> entries, List<byte[]> leaves, Optional<Problem> end) {

  /** Reads so many entries, or as many as can be read. */
  static EntryBatch read(LedgerReader ledger, long first, int count) {
    LedgerReader.EntryBytes bytes = ledger.entryBytes(first, count);
    List<LedgerEntry> entries = new ArrayList<>(count);
    List<byte[]> leaves = new ArrayList<>(count);
    for (byte[] entry : bytes.entries()) {
      try {
        entries.add(LedgerEntry.parseFrom(entry));
        leaves.add(Hashes.leaf(entry));
      } catch (InvalidProtocolBufferException e) {
        String sentence = "its bytes are no entry: " + e.getMessage();
        return new EntryBatch(
            first, entries, leaves, Optional.of(new Problem(first + entries.size(), sentence)));
      }
    }
    return new EntryBatch(
        first,
        entries,
        leaves,
        bytes.end().map(sentence -> new Problem(first + entries.size(), sentence)));
  }
}
