package org.gpumarket.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.gpumarket.ledger.Ledger;
import org.gpumarket.ledger.VerifyPlan;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.ledger.log.Hashes;
import org.gpumarket.ledger.log.TreeBatch;

/**
 * Entries verified a second, on one thread and on two. Controls on the same data: hashing alone
 * (leaves and tree, one thread) for a check that passes over known signatures, and the strict
 * Ed25519 check alone (as many threads) for a full one; rounds of all in turn.
 */
public final class LedgerVerify {
  private static final int ENTRIES = Integer.getInteger("entries", 10_000);
  private static final int ROUNDS = Integer.getInteger("rounds", 5);

  private LedgerVerify() {}

  public static void main(String[] args) throws Exception {
    try (SampleLedger sample = new SampleLedger(ENTRIES)) {
      List<byte[]> entries = sample.entries();
      System.out.println(
          "entries: " + entries.size() + ", signatures: " + sample.signatures.size());
      Figures figures = new Figures(sample.ledger, entries, sample.signatures);
      sample.ledger.verify();
      figures.round();
      figures.forget();
      for (int round = 0; round < ROUNDS; round++) {
        figures.round();
      }
      figures.print();
    }
    System.exit(0);
  }

  /** The samples of all rounds. */
  private static final class Figures {
    private final Ledger ledger;
    private final List<byte[]> entries;
    private final List<BooleanSupplier> signatures;
    private final List<double[]> rounds = new ArrayList<>();

    Figures(Ledger ledger, List<byte[]> entries, List<BooleanSupplier> signatures) {
      this.ledger = ledger;
      this.entries = entries;
      this.signatures = signatures;
    }

    /** Entries a second of each program, but signatures a second of the signature checks. */
    void round() throws Exception {
      rounds.add(
          new double[] {
            rate(entries.size(), this::hashes),
            rate(entries.size(), () -> verify(VerifyScope.SINCE_LAST, 1)),
            rate(entries.size(), () -> verify(VerifyScope.SINCE_LAST, 2)),
            rate(signatures.size(), () -> check(1)),
            rate(signatures.size(), () -> verify(VerifyScope.FULL, 1)),
            rate(signatures.size(), () -> check(2)),
            rate(signatures.size(), () -> verify(VerifyScope.FULL, 2)),
          });
    }

    void forget() {
      rounds.clear();
    }

    void print() {
      print("hashing alone, entries/s           ", 0);
      print("known signatures, 1 thread         ", 1);
      print("known signatures, 2 threads        ", 2);
      print("  1 thread / hashing alone         ", 1, 0);
      print("  2 threads / hashing alone        ", 2, 0);
      print("strict Ed25519, 1 thread, checks/s ", 3);
      print("full, 1 thread, checks/s           ", 4);
      print("  full / Ed25519, 1 thread         ", 4, 3);
      print("strict Ed25519, 2 threads          ", 5);
      print("full, 2 threads                    ", 6);
      print("  full / Ed25519, 2 threads        ", 6, 5);
      print("  full, 2 threads / 1 thread       ", 6, 4);
    }

    private void print(String name, int column) {
      System.out.println(
          name + Spread.of(rounds.stream().mapToDouble(round -> round[column]).toArray()));
    }

    private void print(String name, int column, int by) {
      System.out.println(
          name
              + Spread.of(
                  rounds.stream().mapToDouble(round -> round[column] / round[by]).toArray()));
    }

    private void hashes() {
      TreeBatch tree = new TreeBatch((level, index) -> new byte[0], 0);
      entries.forEach(entry -> tree.append(Hashes.leaf(entry)));
      if (tree.root().length != Hashes.BYTES) {
        throw new IllegalStateException("no root");
      }
    }

    private void verify(VerifyScope scope, int threads) throws Exception {
      var report = ledger.verify(VerifyPlan.of(scope).withThreads(threads));
      long before = scope == VerifyScope.FULL ? 0 : entries.size();
      if (report.problem().isPresent() || report.verifiedBefore() != before) {
        throw new IllegalStateException("not the check that was meant: " + report);
      }
    }

    private void check(int threads) throws Exception {
      try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
        List<Callable<Boolean>> parts = new ArrayList<>();
        for (int part = 0; part < threads; part++) {
          int size = signatures.size();
          List<BooleanSupplier> own =
              signatures.subList(size * part / threads, size * (part + 1) / threads);
          parts.add(() -> own.stream().allMatch(BooleanSupplier::getAsBoolean));
        }
        for (Future<Boolean> part : pool.invokeAll(parts)) {
          if (!part.get()) {
            throw new IllegalStateException("a signature that does not count");
          }
        }
      }
    }

    private static double rate(int count, Work work) throws Exception {
      long start = System.nanoTime();
      work.run();
      return count * 1e9 / (System.nanoTime() - start);
    }
  }

  private interface Work {
    void run() throws Exception;
  }
}
