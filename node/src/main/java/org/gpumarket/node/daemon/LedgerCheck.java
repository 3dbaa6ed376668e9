package org.gpumarket.node.daemon;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.gpumarket.ledger.LedgerException;
import org.gpumarket.ledger.VerifyPlan;
import org.gpumarket.ledger.VerifyReport;
import org.gpumarket.ledger.VerifyScope;
import org.gpumarket.v1.VerifyLedgerProgress;
import org.gpumarket.v1.VerifyLedgerReport;
import org.gpumarket.v1.VerifyLedgerRequest;
import org.gpumarket.v1.VerifyLedgerResponse;

/** Verifies a ledger, one's own or that of the running node, and tells how far it is. */
public final class LedgerCheck {
  /** What a person reads needs no more than ten changes a second. */
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private LedgerCheck() {}

  /**
   * Verifies a ledger that this process has open.
   *
   * @throws LedgerException when it cannot be read at all, or the listener stops it
   */
  public static VerifyLedgerReport run(Verifiable ledger, VerifyScope scope, Listener listener)
      throws LedgerException {
    Paced paced = new Paced(listener);
    VerifyReport report = ledger.verify(VerifyPlan.of(scope).withProgress(paced::tell));
    return VerifyLedgerReport.newBuilder()
        .setEntryCount(report.entries())
        .setVerifiedBeforeCount(report.verifiedBefore())
        .setCheckpoint(report.checkpoint())
        .setProblem(report.problem().map(p -> p.sentence()).orElse(""))
        .setProblemIndex(report.problem().map(p -> p.index()).orElse(-1L))
        .addAllBalances(report.balances())
        .build();
  }

  /**
   * Has the running node verify its ledger.
   *
   * @throws LedgerException when the listener stops it
   */
  public static VerifyLedgerReport ask(LocalApi node, VerifyScope scope, Listener listener)
      throws LedgerException {
    Iterator<VerifyLedgerResponse> steps =
        node.stub()
            .verifyLedger(
                VerifyLedgerRequest.newBuilder().setFull(scope == VerifyScope.FULL).build());
    while (steps.hasNext()) {
      VerifyLedgerResponse step = steps.next();
      switch (step.getStepCase()) {
        case PROGRESS -> listener.progress(step.getProgress());
        case REPORT -> {
          return step.getReport();
        }
        case STEP_NOT_SET -> {}
      }
    }
    throw new LedgerException("the node ended without a report", new IllegalStateException());
  }

  /** A ledger, or a reader of one. */
  @FunctionalInterface
  public interface Verifiable {
    VerifyReport verify(VerifyPlan plan) throws LedgerException;
  }

  /** Hears how far it is, at most ten times a second. */
  @FunctionalInterface
  public interface Listener {
    void progress(VerifyLedgerProgress progress) throws LedgerException;
  }

  private static final class Paced {
    private final Listener listener;
    private long toldNanos = System.nanoTime();

    Paced(Listener listener) {
      this.listener = listener;
    }

    void tell(long entries, long of) throws LedgerException {
      if (System.nanoTime() - toldNanos < PACE_NANOS) {
        return;
      }
      toldNanos = System.nanoTime();
      listener.progress(
          VerifyLedgerProgress.newBuilder().setVerifiedCount(entries).setEntryCount(of).build());
    }
  }
}
