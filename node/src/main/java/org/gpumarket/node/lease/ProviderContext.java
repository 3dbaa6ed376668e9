package org.gpumarket.node.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gpumarket.ledger.signing.SigningKey;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.node.runtime.GrantedGpu;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.node.settlement.DurableWrites;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.RuntimeKind;

/** What all leases of a provider share. */
record ProviderContext(
    SigningKey identity,
    DurableWrites writes,
    GpuHolds holds,
    Map<RuntimeKind, WorkloadRuntime> runtimes,
    Map<String, Gpu> rig,
    LeaseSurroundings surroundings) {

  WorkloadRuntime runtime(RuntimeKind kind) throws WorkloadException {
    WorkloadRuntime runtime = runtimes.get(kind);
    if (runtime == null) {
      throw new WorkloadException("this node runs no workloads of kind " + kind + " any more");
    }
    return runtime;
  }

  List<GrantedGpu> grant(List<LeasedGpu> gpus) throws WorkloadException {
    List<GrantedGpu> granted = new ArrayList<>();
    for (LeasedGpu leased : gpus) {
      Gpu gpu = rig.get(leased.getUuid());
      if (gpu == null) {
        throw new WorkloadException("the GPU " + leased.getUuid() + " is not in the rig any more");
      }
      granted.add(new GrantedGpu(gpu, leased.getEpoch()));
    }
    return granted;
  }
}
