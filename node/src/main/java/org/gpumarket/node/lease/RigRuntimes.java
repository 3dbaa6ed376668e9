package org.gpumarket.node.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gpumarket.node.rig.Gpu;
import org.gpumarket.node.runtime.GrantedGpu;
import org.gpumarket.node.runtime.WorkloadException;
import org.gpumarket.node.runtime.WorkloadRuntime;
import org.gpumarket.v1.LeasedGpu;
import org.gpumarket.v1.RuntimeKind;

/**
 * What this machine runs workloads with.
 *
 * @param runtimes one of a kind at most
 * @param gpus every card, by its UUID
 */
record RigRuntimes(Map<RuntimeKind, WorkloadRuntime> runtimes, Map<String, Gpu> gpus) {
  RigRuntimes {
    runtimes = Map.copyOf(runtimes);
    gpus = Map.copyOf(gpus);
  }

  WorkloadRuntime runtime(RuntimeKind kind) throws WorkloadException {
    WorkloadRuntime runtime = runtimes.get(kind);
    if (runtime == null) {
      throw new WorkloadException("this node runs no workloads of kind " + kind + " any more");
    }
    return runtime;
  }

  List<GrantedGpu> grant(List<LeasedGpu> leased) throws WorkloadException {
    List<GrantedGpu> granted = new ArrayList<>();
    for (LeasedGpu each : leased) {
      Gpu gpu = gpus.get(each.getUuid());
      if (gpu == null) {
        throw new WorkloadException("the GPU " + each.getUuid() + " is not in the rig any more");
      }
      granted.add(new GrantedGpu(gpu, each.getEpoch()));
    }
    return granted;
  }
}
