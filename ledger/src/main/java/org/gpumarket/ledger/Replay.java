package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.gpumarket.ledger.books.Books;
import org.gpumarket.ledger.books.PostingRules;
import org.gpumarket.ledger.books.RefusedEntryException;
import org.gpumarket.ledger.log.Tiles;
import org.gpumarket.ledger.log.TreeBatch;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.Transfer;

/**
 * Goes through the entries of a ledger once and computes tree and books from them.
 *
 * <p>Reading, hashing and signatures are the work of several threads, a tile's worth of entries at
 * a time and a few tiles ahead; tree and books follow in order on the caller's thread. What is
 * found does not depend on which thread was faster. Memory: the books, the tree's right edge, and
 * the entries of the tiles under way.
 */
final class Replay {
  /** Tiles under way a thread: one in work, one that waits. */
  private static final int TILES_AHEAD = 2;

  private final LedgerReader ledger;
  private final VerifyPlan plan;
  private final long size;
  private final Books books = Books.empty();
  private final TreeBatch tree = new TreeBatch((level, index) -> new byte[0], 0);
  private final Optional<VerifiedHead> before;
  private final SignatureQueue signatures;
  private final PostingRules rules;
  private final LeafCheck leaves;
  private final Deque<FutureTask<EntryBatch>> read = new ArrayDeque<>();
  private final Deque<Checking> checking = new ArrayDeque<>();
  private Optional<Problem> wrongTile = Optional.empty();
  private boolean rulesHaveChanged;
  private long lastTime = Long.MIN_VALUE;

  /**
   * A replay of so many entries.
   *
   * @param before what was verified before: its entries must be the same still
   */
  Replay(LedgerReader ledger, long size, VerifyPlan plan, Optional<VerifiedHead> before)
      throws LedgerException {
    this.ledger = ledger;
    this.plan = plan;
    this.size = size;
    this.before = before;
    this.signatures = new SignatureQueue(signaturesFrom());
    this.rules = new PostingRules(ledger.owner(), signatures);
    this.leaves = new LeafCheck(ledger, size);
  }

  /** The first entry that is wrong, and what is wrong with it. To be called once. */
  Optional<Problem> firstWrongEntry() throws LedgerException {
    int ahead = TILES_AHEAD * plan.threads();
    try (Crew crew = new Crew(plan.threads())) {
      long asked = 0;
      while (asked < size || !read.isEmpty()) {
        for (; asked < size && read.size() < ahead; asked += Tiles.WIDTH) {
          long first = asked;
          int count = (int) Math.min(Tiles.WIDTH, size - first);
          read.add(crew.start(() -> EntryBatch.read(ledger, first, count)));
        }
        EntryBatch batch = crew.result(read.remove());
        Optional<Problem> problem = replay(batch);
        if (rulesHaveChanged) {
          return Optional.empty();
        }
        List<SignatureQueue.Check> checks = signatures.take();
        checking.add(
            new Checking(tree.size(), crew.start(() -> SignatureQueue.firstWrong(checks))));
        Optional<Problem> signature = checked(crew, problem.isPresent() ? 0 : ahead);
        if (signature.isPresent() || problem.isPresent()) {
          return signature.or(() -> problem);
        }
      }
      return checked(crew, 0);
    }
  }

  /** The index of the first entry whose signatures are checked. */
  long signaturesFrom() {
    return plan.scope() == VerifyScope.FULL ? 0 : before.map(VerifiedHead::size).orElse(0L);
  }

  /**
   * Whether today's rules make other books of the entries that were verified before: then that
   * verification says nothing. Known after {@link #firstWrongEntry}.
   */
  boolean rulesHaveChanged() {
    return rulesHaveChanged;
  }

  /** The same replay from the start, with every signature. */
  Replay anew() throws LedgerException {
    return new Replay(
        ledger, size, new VerifyPlan(VerifyScope.FULL, plan.threads(), plan.progress()), before);
  }

  /** The books after the entries. */
  Books books() {
    return books;
  }

  /** The root of the entries' tree. */
  byte[] root() {
    return tree.root();
  }

  /** The first stored tile that is not the one of these entries. */
  Optional<Problem> wrongTile() {
    compare(tree.changed());
    return wrongTile;
  }

  private Optional<Problem> replay(EntryBatch batch) {
    for (int i = 0; i < batch.entries().size(); i++) {
      long index = batch.first() + i;
      byte[] leaf = batch.leaves().get(i);
      try {
        signatures.at(index);
        post(batch.entries().get(i));
      } catch (RefusedEntryException e) {
        return Optional.of(new Problem(index, String.valueOf(e.getMessage())));
      }
      if (leaves.changed(index, leaf)) {
        return Optional.of(
            new Problem(index, "it is not the entry that the checkpoint was signed over"));
      }
      tree.append(leaf);
      if (before.isPresent() && tree.size() == before.get().size()) {
        Optional<Problem> rewritten = compare(before.get());
        if (rewritten.isPresent() || rulesHaveChanged) {
          return rewritten;
        }
      }
    }
    compare(tree.takeFull());
    return batch.end();
  }

  private Optional<Problem> compare(VerifiedHead head) {
    if (!head.root().equals(ByteString.copyFrom(tree.root()))) {
      return Optional.of(
          new Problem(
              -1, "its first " + head.size() + " entries are not those that were verified before"));
    }
    rulesHaveChanged =
        plan.scope() == VerifyScope.SINCE_LAST && !head.books().equals(BooksRows.digest(books));
    return Optional.empty();
  }

  private void post(LedgerEntry entry) throws RefusedEntryException {
    if (entry.getAppendTimeUnixMs() < lastTime) {
      throw new RefusedEntryException("it is older than the entry before it");
    }
    lastTime = entry.getAppendTimeUnixMs();
    List<Transfer> transfers = rules.post(entry, books);
    if (!transfers.equals(entry.getTransfersList())) {
      throw new RefusedEntryException("its transfers are not the ones that belong to it");
    }
  }

  private void compare(Map<TreeBatch.TileId, byte[]> tiles) {
    tiles.forEach(
        (id, hashes) -> {
          if (wrongTile.isEmpty()) {
            wrongTile = different(id, hashes);
          }
        });
  }

  private Optional<Problem> different(TreeBatch.TileId id, byte[] hashes) {
    String tile = "tile " + id.level() + "/" + id.index();
    try {
      return Arrays.equals(hashes, ledger.tiles().tile(id.level(), id.index()))
          ? Optional.empty()
          : Optional.of(new Problem(-1, tile + " is not the one of these entries"));
    } catch (IllegalStateException e) {
      return Optional.of(new Problem(-1, tile + ": " + e.getMessage()));
    }
  }

  /** Waits until no more than so many checks are under way. */
  private Optional<Problem> checked(Crew crew, int left) throws LedgerException {
    while (checking.size() > left) {
      Checking oldest = checking.remove();
      Optional<Problem> problem = crew.result(oldest.firstWrong());
      if (problem.isPresent()) {
        return problem;
      }
      plan.progress().verified(oldest.end(), size);
    }
    return Optional.empty();
  }

  /** Signatures of the entries before {@code end} that are being checked. */
  private record Checking(long end, FutureTask<Optional<Problem>> firstWrong) {}
}
