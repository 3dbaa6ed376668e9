package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.gpumarket.ledger.books.Books;
import org.gpumarket.ledger.books.EnvelopeReader;
import org.gpumarket.ledger.books.PostingRules;
import org.gpumarket.ledger.books.RefusedEntryException;
import org.gpumarket.ledger.log.Checkpoint;
import org.gpumarket.ledger.log.Hashes;
import org.gpumarket.ledger.log.NoteKey;
import org.gpumarket.ledger.log.TreeBatch;
import org.gpumarket.ledger.signing.EnvelopeKind;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.ledger.store.Change;
import org.gpumarket.ledger.store.Keys;
import org.gpumarket.ledger.store.Store;
import org.gpumarket.ledger.store.StoreException;
import org.gpumarket.ledger.store.Table;
import org.gpumarket.v1.KeyIntroduced;
import org.gpumarket.v1.LedgerEntry;
import org.gpumarket.v1.LogKey;
import org.jspecify.annotations.Nullable;

/**
 * Turns groups of commits into single synced writes. Commits come from one thread; reads from any,
 * held apart by a lock only while the store is reopened after a failed write.
 */
final class LedgerWriter {
  /** Below this much free disk nothing is begun: RocksDB must never meet the end of the disk. */
  static final long RESERVED_BYTES = 32L << 20;

  /** C2SP tlog-tiles. */
  private static final int MAX_ENTRY_BYTES = 65_535;

  private final Path folder;
  private final SigningKey identity;
  private final SigningKey logKey;
  private final InstantSource clock;
  private final PostingRules rules;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private @Nullable Store store;
  private Books books = Books.empty();
  private long size;
  private long lastTime;
  private volatile @Nullable String trouble;
  private volatile boolean closing;

  private LedgerWriter(Path folder, SigningKey identity, SigningKey logKey, InstantSource clock) {
    this.folder = folder;
    this.identity = identity;
    this.logKey = logKey;
    this.clock = clock;
    this.rules = new PostingRules(identity.nodeId(), EnvelopeReader.CHECKED_BEFORE);
  }

  static LedgerWriter open(Path folder, SigningKey identity, InstantSource clock)
      throws LedgerException {
    SigningKey logKey = LogKeyFile.loadOrCreate(folder.resolve("log.key"));
    LedgerWriter writer = new LedgerWriter(folder, identity, logKey, clock);
    try {
      writer.load();
      if (!writer.books.logKey().equals(Optional.of(logKeyBytes(logKey)))) {
        writer.introduceLogKey();
      }
    } catch (StoreException e) {
      writer.close();
      String message = String.valueOf(e.getMessage());
      if (e.trouble() == StoreException.Cause.LOCKED) {
        throw new LedgerInUseException("another node has the ledger in " + folder + " open", e);
      }
      throw new LedgerException(message, e);
    } catch (LedgerException e) {
      writer.close();
      throw e;
    }
    return writer;
  }

  Optional<String> unavailable() {
    if (trouble != null) {
      synchronized (this) {
        return store == null ? reopen() : lowSpace();
      }
    }
    return lowSpace();
  }

  <T> T read(Reading<T> reading) throws LedgerException {
    lock.readLock().lock();
    try {
      Store open = store;
      if (open == null) {
        throw new LedgerException(
            unavailable().orElse("the ledger is closed"), new IllegalStateException());
      }
      return reading.from(new LedgerReader(open));
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Checks the ledger as it is now. Commits go on; closing the files stops the check. */
  VerifyReport verify(VerifyPlan plan) throws LedgerException {
    VerifyPlan stoppable =
        plan.withProgress(
            (entries, of) -> {
              if (closing) {
                throw new LedgerException(
                    "the ledger was closed while it was verified", new IllegalStateException());
              }
              plan.progress().verified(entries, of);
            });
    Verified verified =
        read(
            _ -> {
              try (LedgerReader now = new LedgerReader(openStore().snapshot())) {
                Verification verification = new Verification(now, stoppable);
                VerifyReport report = verification.report();
                return new Verified(
                    report,
                    report.problem().isEmpty()
                        ? Optional.of(verification.head())
                        : Optional.empty());
              }
            });
    verified.head().ifPresent(this::remember);
    return verified.report();
  }

  private record Verified(VerifyReport report, Optional<VerifiedHead> head) {}

  /** Keeps how far the ledger was verified; without room or files it is verified anew next time. */
  private synchronized void remember(VerifiedHead head) {
    Store open = store;
    if (open == null || lowSpace().isPresent()) {
      return;
    }
    try {
      open.write(List.of(meta(LedgerReader.VERIFIED_KEY, Keys.ofText(head.sign(logKey)))));
    } catch (StoreException e) {
      fail(e);
    }
  }

  /** Writes the commits of a group and tells each caller. */
  synchronized void commit(List<Ledger.Pending> group) {
    if (group.isEmpty()) {
      return;
    }
    Optional<String> full = lowSpace();
    if (full.isEmpty() && store == null) {
      full = reopen();
    }
    if (full.isPresent()) {
      String why = full.get();
      group.forEach(pending -> pending.refuse(why));
      return;
    }
    try {
      write(group);
    } catch (RuntimeException e) {
      // What was read does not fit together: nothing is acknowledged, and it is read anew.
      trouble = "the ledger cannot be read: " + e.getMessage();
      close();
      group.forEach(pending -> pending.refuse(String.valueOf(trouble)));
    }
  }

  /** Ends the checks under way: the files are about to be closed. */
  void stopChecks() {
    closing = true;
  }

  void close() {
    stopChecks();
    lock.writeLock().lock();
    try {
      Store open = store;
      store = null;
      if (open != null) {
        open.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void write(List<Ledger.Pending> group) {
    Books draft = books.draft();
    TreeBatch tree = new TreeBatch(new LedgerReader(openStore()).tiles(), size);
    List<Change> changes = new ArrayList<>();
    List<Runnable> answers = new ArrayList<>();
    Set<RowName> touched = new HashSet<>();
    long time = Math.max(lastTime, clock.millis());
    for (Ledger.Pending pending : group) {
      try {
        requireNew(pending.commit().rows(), touched);
        Books attempt = draft.draft();
        List<byte[]> entries = post(pending.commit(), attempt, time);
        attempt.keep();
        long first = tree.size();
        for (byte[] entry : entries) {
          changes.add(Change.put(Table.ENTRIES, Keys.ofIndex(tree.size()), entry));
          tree.append(Hashes.leaf(entry));
        }
        for (RowChange row : pending.commit().rows()) {
          changes.add(change(row));
          touched.add(RowName.of(row));
        }
        Committed committed = new Committed(first, tree.size());
        answers.add(() -> pending.done().complete(committed));
      } catch (RefusedEntryException e) {
        answers.add(() -> pending.done().completeExceptionally(e));
      }
    }
    if (tree.size() > size) {
      addTree(tree, changes);
      BooksRows.forEach(draft, (table, key, value) -> changes.add(Change.put(table, key, value)));
    }
    try {
      openStore().write(changes);
    } catch (StoreException e) {
      fail(e);
      group.forEach(pending -> pending.refuse(String.valueOf(e.getMessage())));
      return;
    }
    draft.keep();
    size = tree.size();
    lastTime = time;
    trouble = null;
    answers.forEach(Runnable::run);
  }

  /** What the same group has changed may stand, and counts as if it did. */
  private void requireNew(List<RowChange> rows, Set<RowName> touched) throws RefusedEntryException {
    for (RowChange row : rows) {
      if (row.before() == RowChange.Before.NOTHING
          && (touched.contains(RowName.of(row)) || stands(row))) {
        throw new RefusedEntryException(
            "a row '" + row.key() + "' stands in '" + row.table() + "' already");
      }
    }
  }

  private boolean stands(RowChange row) {
    try {
      return new LedgerReader(openStore()).row(row.table(), row.key()).isPresent();
    } catch (LedgerException e) {
      throw new IllegalStateException(String.valueOf(e.getMessage()), e);
    }
  }

  private record RowName(String table, String key) {
    static RowName of(RowChange row) {
      return new RowName(row.table(), row.key());
    }
  }

  private List<byte[]> post(Commit commit, Books draft, long time) throws RefusedEntryException {
    List<byte[]> entries = new ArrayList<>();
    for (LedgerEntry event : commit.entries()) {
      LedgerEntry.Builder entry = event.toBuilder().setAppendTimeUnixMs(time).clearTransfers();
      entry.addAllTransfers(rules.post(entry.build(), draft));
      byte[] bytes = entry.build().toByteArray();
      if (bytes.length > MAX_ENTRY_BYTES) {
        throw new RefusedEntryException(
            "an entry of " + bytes.length + " bytes where " + MAX_ENTRY_BYTES + " are the limit");
      }
      entries.add(bytes);
    }
    return entries;
  }

  private void addTree(TreeBatch tree, List<Change> changes) {
    tree.changed()
        .forEach(
            (id, hashes) ->
                changes.add(Change.put(Table.TILES, Keys.ofTile(id.level(), id.index()), hashes)));
    String origin = Ledger.origin(identity.nodeId());
    String note =
        new Checkpoint(origin, tree.size(), ByteString.copyFrom(tree.root()))
            .sign(logKey, new NoteKey(origin, logKey.publicKey()));
    changes.add(meta(LedgerReader.SIZE_KEY, Keys.ofIndex(tree.size())));
    changes.add(meta(LedgerReader.CHECKPOINT_KEY, note.getBytes(StandardCharsets.UTF_8)));
  }

  /** A write failed: what reached the disk is known only after reading it again. */
  private void fail(StoreException e) {
    // A full disk is asked anew each time, so that nobody has to say that there is space again.
    trouble = e.trouble() == StoreException.Cause.NO_SPACE ? null : String.valueOf(e.getMessage());
    close();
  }

  private Optional<String> reopen() {
    lock.writeLock().lock();
    try {
      load();
      trouble = null;
      return Optional.empty();
    } catch (StoreException | LedgerException e) {
      // Half of what was read must not meet a later commit.
      close();
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void load() throws StoreException, LedgerException {
    store = Store.open(folder.resolve(Ledger.STORE_FOLDER));
    closing = false;
    LedgerReader reader = new LedgerReader(openStore());
    if (reader.meta(LedgerReader.FORMAT_KEY).isEmpty()) {
      openStore()
          .write(
              List.of(
                  meta(LedgerReader.FORMAT_KEY, Keys.ofIndex(LedgerReader.FORMAT)),
                  meta(LedgerReader.OWNER_KEY, Keys.ofText(identity.nodeId().text()))));
    }
    reader.requireFormat();
    if (!reader.owner().equals(identity.nodeId())) {
      throw LedgerReader.broken("it belongs to another node, " + reader.owner());
    }
    books = reader.books();
    size = reader.size();
    lastTime = size == 0 ? 0 : reader.entry(size - 1).getAppendTimeUnixMs();
  }

  /** The first entry, and one whenever the log key is another: the identity key introduces it. */
  private void introduceLogKey() throws LedgerException {
    LogKey key =
        LogKey.newBuilder()
            .setPublicKey(logKeyBytes(logKey))
            .setOrigin(Ledger.origin(identity.nodeId()))
            .setIntroduceTimeUnixMs(clock.millis())
            .build();
    Ledger.Pending first =
        new Ledger.Pending(
            Commit.of(
                LedgerEntry.newBuilder()
                    .setKeyIntroduced(
                        KeyIntroduced.newBuilder()
                            .setIntroduction(EnvelopeKind.LOG_KEY.sign(identity, key)))
                    .build()),
            new java.util.concurrent.CompletableFuture<>());
    commit(List.of(first));
    if (first.done().isCompletedExceptionally()) {
      throw new LedgerException(
          "the log key cannot be introduced: " + first.done().exceptionNow().getMessage(),
          first.done().exceptionNow());
    }
  }

  private Optional<String> lowSpace() {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      return free >= RESERVED_BYTES
          ? Optional.empty()
          : Optional.of(
              "the disk under "
                  + folder
                  + " is full: "
                  + (free >> 20)
                  + " MiB are free and the ledger wants "
                  + (RESERVED_BYTES >> 20));
    } catch (IOException e) {
      return Optional.of("the disk under " + folder + " cannot be asked: " + e.getMessage());
    }
  }

  private Store openStore() {
    Store open = store;
    if (open == null) {
      throw new IllegalStateException("the ledger is closed");
    }
    return open;
  }

  private static ByteString logKeyBytes(SigningKey key) {
    return ByteString.copyFrom(key.publicKey().bytes());
  }

  private static Change change(RowChange row) {
    byte[] key = Keys.ofRow(row.table(), row.key());
    return row.value()
        .map(value -> Change.put(Table.ROWS, key, value.toByteArray()))
        .orElseGet(() -> Change.remove(Table.ROWS, key));
  }

  private static Change meta(String key, byte[] value) {
    return Change.put(Table.META, Keys.ofText(key), value);
  }

  /** Reads something from the ledger. */
  @FunctionalInterface
  interface Reading<T> {
    T from(LedgerReader reader) throws LedgerException;
  }
}
