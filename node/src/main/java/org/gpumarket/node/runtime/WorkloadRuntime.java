package org.gpumarket.node.runtime;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.gpumarket.v1.RuntimeKind;

/** One way of running workloads. Safe for use by several threads. */
public interface WorkloadRuntime extends AutoCloseable {
  RuntimeKind kind();

  /** Why nothing can be run now; empty when all is well. */
  Optional<String> problem();

  /**
   * Starts a workload, or finds the one that runs for the lease already. Blocks while an image is
   * fetched.
   *
   * @param progress hears a sentence when the start has got further, on any thread, no more than
   *     about once a second
   * @throws WorkloadException when it does not start, or a card was promised anew since
   */
  Workload start(WorkloadOrder order, Consumer<String> progress) throws WorkloadException;

  /** Every workload of this node, running or ended, that was not removed. */
  List<Workload> find() throws WorkloadException;

  /** Leaves workloads running. */
  @Override
  void close();
}
