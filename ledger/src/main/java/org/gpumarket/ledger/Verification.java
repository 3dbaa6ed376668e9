package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.gpumarket.ledger.books.Books;
import org.gpumarket.ledger.books.EnvelopeReader;
import org.gpumarket.ledger.books.PostingRules;
import org.gpumarket.ledger.books.RefusedEntryException;
import org.gpumarket.ledger.books.Totals;
import org.gpumarket.ledger.log.Checkpoint;
import org.gpumarket.ledger.log.Hashes;
import org.gpumarket.ledger.log.NoteKey;
import org.gpumarket.ledger.log.TreeBatch;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.AccountBalance;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Transfer;

/**
 * Computes a ledger anew from its entries and compares it with what is stored: every signature,
 * every transfer, the tree, the checkpoint, the balances.
 */
final class Verification {
  private final LedgerReader ledger;
  private final Books books = Books.empty();
  private final TreeBatch tree = new TreeBatch((level, index) -> new byte[0], 0);
  private long lastTime = Long.MIN_VALUE;

  Verification(LedgerReader ledger) {
    this.ledger = ledger;
  }

  VerifyReport report() throws LedgerException {
    long size = ledger.size();
    Optional<Problem> problem = entries(size);
    if (problem.isEmpty()) {
      problem = checkpoint(size).or(this::tiles);
    }
    if (problem.isEmpty()) {
      problem = books();
    }
    List<AccountBalance> balances = new ArrayList<>();
    books
        .accounts()
        .forEach((account, totals) -> balances.add(LedgerReader.balance(account, totals)));
    balances.sort(LedgerReader.ORDER);
    return new VerifyReport(size, ledger.checkpoint(), problem, balances);
  }

  private Optional<Problem> entries(long size) throws LedgerException {
    PostingRules rules = new PostingRules(ledger.owner(), EnvelopeReader.STRICT);
    LeafCheck leaves = new LeafCheck(ledger, size);
    for (long index = 0; index < size; index++) {
      try {
        byte[] bytes = ledger.entryBytes(index);
        byte[] leaf = Hashes.leaf(bytes);
        tree.append(leaf);
        entry(LedgerEntry.parseFrom(bytes), rules);
        if (leaves.changed(index, leaf)) {
          return problem(index, "it is not the entry that the checkpoint was signed over");
        }
      } catch (RefusedEntryException | InvalidProtocolBufferException | LedgerException e) {
        return problem(index, String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  private void entry(LedgerEntry entry, PostingRules rules) throws RefusedEntryException {
    if (entry.getAppendTimeUnixMs() < lastTime) {
      throw new RefusedEntryException("it is older than the entry before it");
    }
    lastTime = entry.getAppendTimeUnixMs();
    List<Transfer> transfers = rules.post(entry, books);
    if (!transfers.equals(entry.getTransfersList())) {
      throw new RefusedEntryException("its transfers are not the ones that belong to it");
    }
  }

  private Optional<Problem> checkpoint(long size) throws LedgerException {
    if (size == 0) {
      return Optional.empty();
    }
    try {
      String origin = Ledger.origin(ledger.owner());
      ByteString key = books.logKey().orElse(ByteString.EMPTY);
      Checkpoint checkpoint =
          Checkpoint.open(
              ledger.checkpoint(), new NoteKey(origin, PublicKey.of(key.toByteArray())));
      if (!checkpoint.equals(new Checkpoint(origin, size, ByteString.copyFrom(tree.root())))) {
        return problem(-1, "the checkpoint is not the one of these " + size + " entries");
      }
      return Optional.empty();
    } catch (InvalidSignatureException e) {
      return problem(-1, String.valueOf(e.getMessage()));
    }
  }

  private Optional<Problem> tiles() {
    for (Map.Entry<TreeBatch.TileId, byte[]> tile : tree.changed().entrySet()) {
      TreeBatch.TileId id = tile.getKey();
      byte[] stored;
      try {
        stored = ledger.tiles().tile(id.level(), id.index());
      } catch (IllegalStateException e) {
        return problem(-1, "tile " + id.level() + "/" + id.index() + ": " + e.getMessage());
      }
      if (!Arrays.equals(tile.getValue(), stored)) {
        return problem(
            -1, "tile " + id.level() + "/" + id.index() + " is not the one of these entries");
      }
    }
    return Optional.empty();
  }

  private Optional<Problem> books() throws LedgerException {
    Map<Table, Long> rows = new EnumMap<>(Table.class);
    Set<Table> wrong = EnumSet.noneOf(Table.class);
    BooksRows.<LedgerException>forEach(
        books,
        (table, key, value) -> {
          rows.merge(table, 1L, Long::sum);
          if (!Arrays.equals(value, ledger.stored(table, key))) {
            wrong.add(table);
          }
        });
    for (Table table : List.of(Table.ACCOUNTS, Table.LEASES, Table.PAYOUTS)) {
      if (wrong.contains(table) || ledger.rowCount(table) != rows.getOrDefault(table, 0L)) {
        return problem(-1, "the stored " + name(table) + " are not the ones of these entries");
      }
    }
    if (wrong.contains(Table.META)) {
      return problem(-1, "the stored log key is not the one that these entries introduce");
    }
    long difference = 0;
    for (Totals totals : books.accounts().values()) {
      difference += totals.debits() - totals.credits();
    }
    return difference == 0
        ? Optional.empty()
        : problem(-1, "debits and credits differ by " + difference + " micros");
  }

  private static String name(Table table) {
    return table == Table.ACCOUNTS ? "balances" : table == Table.LEASES ? "leases" : "payouts";
  }

  private static Optional<Problem> problem(long index, String sentence) {
    return Optional.of(new Problem(index, sentence));
  }
}
