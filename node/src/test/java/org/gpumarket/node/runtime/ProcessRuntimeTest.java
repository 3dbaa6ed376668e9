package org.gpumarket.node.runtime;

import java.nio.file.Path;
import org.gpumarket.v1.RuntimeKind;
import org.gpumarket.v1.WorkloadSpec;

class ProcessRuntimeTest extends WorkloadContract {
  @Override
  WorkloadRuntime open(Path folder, GpuFence fence) throws Exception {
    return new ProcessRuntime(folder.resolve("workloads"), fence);
  }

  @Override
  WorkloadSpec.Builder spec() {
    return WorkloadSpec.newBuilder().setName("t/main").setRuntime(RuntimeKind.RUNTIME_KIND_PROCESS);
  }
}
