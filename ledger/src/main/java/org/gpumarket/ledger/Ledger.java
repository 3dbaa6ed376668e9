package org.gpumarket.ledger;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.gpumarket.ledger.signing.NodeId;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.v1.AccountBalance;
import org.gpumarket.v1.LedgerEntry;

/**
 * A node's own ledger, open for writing. Safe for use by several threads.
 *
 * <p>Guarantees: one writer thread commits in the order of the calls; commits that wait together go
 * to the disk in one synced write; a commit's future completes after that write and never before; a
 * refused commit leaves nothing; a caller waits when {@link #QUEUED_COMMITS} commits wait already.
 * Never wait for a commit's future while holding up this ledger's writer.
 */
public final class Ledger implements ReadableLedger, AutoCloseable {
  static final String STORE_FOLDER = "db";

  /** Commits that may wait for the writer: beyond, the callers wait (back-pressure). */
  private static final int QUEUED_COMMITS = 1024;

  /** Commits in one write: bounds the memory of a batch. */
  private static final int GROUPED_COMMITS = 256;

  private final LedgerWriter writer;
  private final BlockingQueue<Pending> queue = new ArrayBlockingQueue<>(QUEUED_COMMITS);
  private final Thread thread;
  private volatile boolean closed;

  private Ledger(LedgerWriter writer) {
    this.writer = writer;
    this.thread = Thread.ofPlatform().name("ledger-writer").daemon().unstarted(this::work);
  }

  /**
   * Opens the ledger in a folder, and makes one where there is none.
   *
   * @param identity the owner's key: introduces the ledger's own log key in the first entry
   * @param clock times of entries; a clock that goes back does not make entries go back
   * @throws LedgerInUseException when another process has it open
   * @throws LedgerException when it cannot be used: another owner's, of a later format, broken
   */
  public static Ledger open(Path folder, SigningKey identity, InstantSource clock)
      throws LedgerException {
    try {
      OwnerOnly.createFolder(folder);
    } catch (IOException e) {
      throw new LedgerException("cannot make the folder " + folder + ": " + e.getMessage(), e);
    }
    Ledger ledger = new Ledger(LedgerWriter.open(folder, identity, clock));
    ledger.thread.start();
    return ledger;
  }

  /** The name of a node's log: the first line of its checkpoints. */
  public static String origin(NodeId owner) {
    return "gpumarket.org/log/" + owner;
  }

  /**
   * Makes a commit durable.
   *
   * @return completes after the synced write; or with a {@link
   *     org.gpumarket.ledger.books.RefusedEntryException} when a rule forbids an entry or a new row
   *     stands already, or a {@link LedgerUnavailableException} when nothing can be written now
   */
  public CompletableFuture<Committed> commit(Commit commit) {
    Pending pending = new Pending(commit, new CompletableFuture<>());
    try {
      queue.put(pending);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      pending.refuse("interrupted while waiting for the ledger");
    }
    if (closed && queue.remove(pending)) {
      pending.refuse("the ledger is closed");
    }
    return pending.done();
  }

  /** Why nothing can be written now, in one sentence; empty when all is well. */
  public Optional<String> unavailable() {
    return closed ? Optional.of("the ledger is closed") : writer.unavailable();
  }

  @Override
  public Optional<ByteString> row(String table, String key) throws LedgerException {
    return writer.read(reader -> reader.row(table, key));
  }

  @Override
  public List<Row> rows(String table) throws LedgerException {
    return writer.read(reader -> reader.rows(table));
  }

  @Override
  public List<AccountBalance> balances() throws LedgerException {
    return writer.read(LedgerReader::balances);
  }

  @Override
  public long size() throws LedgerException {
    return writer.read(LedgerReader::size);
  }

  @Override
  public LedgerEntry entry(long index) throws LedgerException {
    return writer.read(reader -> reader.entry(index));
  }

  @Override
  public String checkpoint() throws LedgerException {
    return writer.read(LedgerReader::checkpoint);
  }

  /** Checks everything from the entries up. */
  @Override
  public VerifyReport verify() throws LedgerException {
    return verify(VerifyPlan.full());
  }

  /**
   * Checks the ledger as it is at this moment; commits go on meanwhile.
   *
   * @throws LedgerException when it cannot be read at all, is closed meanwhile, or the plan's
   *     progress stops it
   */
  public VerifyReport verify(VerifyPlan plan) throws LedgerException {
    return writer.verify(plan);
  }

  /** Finishes what was queued and closes the files. */
  @Override
  public void close() {
    writer.stopChecks();
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    writer.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    List<Pending> group = new ArrayList<>();
    while (true) {
      try {
        group.add(queue.take());
      } catch (InterruptedException _) {
        queue.drainTo(group);
        writer.commit(group);
        return;
      }
      queue.drainTo(group, GROUPED_COMMITS - 1);
      writer.commit(group);
      group.clear();
      if (closed && queue.isEmpty()) {
        return;
      }
    }
  }

  /** A commit on its way, and who waits for it. */
  record Pending(Commit commit, CompletableFuture<Committed> done) {
    void refuse(String why) {
      done.completeExceptionally(new LedgerUnavailableException(why, new IllegalStateException()));
    }
  }
}
