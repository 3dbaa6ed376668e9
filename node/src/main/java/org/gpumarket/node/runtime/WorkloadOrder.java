package org.gpumarket.node.runtime;

import java.util.List;
import org.gpumarket.node.deployment.WorkloadSpecs;
import org.gpumarket.v1.WorkloadSpec;

/**
 * What shall run.
 *
 * @param leaseId names the workload: there is never a second one for the same lease
 * @param spec checked by {@link WorkloadSpecs#check}
 * @param gpus the cards it gets
 */
public record WorkloadOrder(String leaseId, WorkloadSpec spec, List<GrantedGpu> gpus) {
  /** Copies the list. */
  public WorkloadOrder {
    gpus = List.copyOf(gpus);
  }
}
