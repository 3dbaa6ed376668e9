package org.gpumarket.ledger;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/**
 * So many threads that compute, the caller's own among them: who waits for a result that nobody has
 * begun computes it himself. Closing waits for what is running and drops the rest. Tasks are
 * started and awaited by one thread.
 */
final class Crew implements AutoCloseable {
  private final ExecutorService others;
  private final boolean alone;

  Crew(int threads) {
    alone = threads == 1;
    others =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1), Thread.ofPlatform().name("verify-", 0).daemon().factory());
  }

  <T> FutureTask<T> start(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    if (!alone) {
      others.execute(task);
    }
    return task;
  }

  /**
   * What the task computed.
   *
   * @throws LedgerException when it failed so, or the thread is interrupted
   */
  <T> T result(FutureTask<T> task) throws LedgerException {
    task.run();
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerException("interrupted while the ledger was verified", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LedgerException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    others.shutdownNow();
    others.close();
  }
}
