package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.gpumarket.ledger.books.Totals;
import org.gpumarket.ledger.log.Checkpoint;
import org.gpumarket.ledger.log.NoteKey;
import org.gpumarket.ledger.signing.InvalidSignatureException;
import org.gpumarket.ledger.signing.PublicKey;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.AccountBalance;

/**
 * Computes a ledger anew from its entries and compares it with what is stored: every signature,
 * every transfer, the tree, the checkpoint, the books.
 */
final class Verification {
  private final LedgerReader ledger;
  private final long size;
  private final Optional<VerifiedHead> before;
  private Replay replay;

  Verification(LedgerReader ledger, VerifyPlan plan) throws LedgerException {
    this.ledger = ledger;
    this.size = ledger.size();
    this.before = ledger.verifiedHead();
    this.replay = new Replay(ledger, size, plan, before);
  }

  VerifyReport report() throws LedgerException {
    Optional<Problem> problem = replay.firstWrongEntry();
    if (replay.rulesHaveChanged()) {
      replay = replay.anew();
      problem = replay.firstWrongEntry();
    }
    if (problem.isEmpty()) {
      problem = shortened();
    }
    if (problem.isEmpty()) {
      problem = beyond();
    }
    if (problem.isEmpty()) {
      problem = checkpoint();
    }
    if (problem.isEmpty()) {
      problem = replay.wrongTile();
    }
    if (problem.isEmpty()) {
      problem = books();
    }
    List<AccountBalance> balances = new ArrayList<>();
    replay
        .books()
        .accounts()
        .forEach((account, totals) -> balances.add(LedgerReader.balance(account, totals)));
    balances.sort(LedgerReader.ORDER);
    return new VerifyReport(size, replay.signaturesFrom(), ledger.checkpoint(), problem, balances);
  }

  /** What to remember of a check that found nothing wrong. */
  VerifiedHead head() throws LedgerException {
    return new VerifiedHead(
        ledger.owner(), size, ByteString.copyFrom(replay.root()), BooksRows.digest(replay.books()));
  }

  private Optional<Problem> shortened() {
    return before
        .filter(head -> head.size() > size)
        .map(
            head ->
                new Problem(
                    -1,
                    head.size() + " entries were verified before, and only " + size + " are left"));
  }

  /** Entries that no checkpoint covers: what is left of a history that was cut short. */
  private Optional<Problem> beyond() {
    return ledger.entryBytes(size, 1).entries().isEmpty()
        ? Optional.empty()
        : Optional.of(new Problem(size, "it stands beyond the end of the ledger"));
  }

  private Optional<Problem> checkpoint() throws LedgerException {
    if (size == 0) {
      return Optional.empty();
    }
    try {
      String origin = Ledger.origin(ledger.owner());
      ByteString key = replay.books().logKey().orElse(ByteString.EMPTY);
      Checkpoint checkpoint =
          Checkpoint.open(
              ledger.checkpoint(), new NoteKey(origin, PublicKey.of(key.toByteArray())));
      if (!checkpoint.equals(new Checkpoint(origin, size, ByteString.copyFrom(replay.root())))) {
        return problem(-1, "the checkpoint is not the one of these " + size + " entries");
      }
      return Optional.empty();
    } catch (InvalidSignatureException e) {
      return problem(-1, "the checkpoint does not hold: " + e.getMessage());
    }
  }

  private Optional<Problem> books() throws LedgerException {
    Map<Table, Long> rows = new EnumMap<>(Table.class);
    Set<Table> wrong = EnumSet.noneOf(Table.class);
    BooksRows.<LedgerException>forEach(
        replay.books(),
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
    for (Totals totals : replay.books().accounts().values()) {
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
