package org.gpumarket.node.cli;

import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.RigGpu;
import picocli.CommandLine.Command;

@Command(
    name = "gpus",
    description = "List this rig's GPUs, their prices, and the leases that have them.",
    footer = {"", "Example:", "  gpumarket gpus"})
final class GpusCommand extends PrintingCommand {
  @Override
  public Integer call() throws Failure {
    try (LocalApi api = connect()) {
      var status = api.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance());
      if (json()) {
        System.out.println(Json.array(status.getGpusList()));
        return 0;
      }
      Table table =
          new Table(">#", "MODEL", "TIER", ">VRAM MiB", ">PRICE/GPU-HOUR", "LEASE", "UUID");
      for (RigGpu gpu : status.getGpusList()) {
        table.row(
            gpu.getIndex(),
            gpu.getGpu().getModel() + (gpu.getSimulated() ? " (simulated)" : ""),
            Show.tier(gpu.getGpu().getTier()),
            gpu.getGpu().getVramMib(),
            Show.price(gpu.getPrice()),
            gpu.getLeaseId().isEmpty() ? "free" : Show.id(gpu.getLeaseId()),
            gpu.getUuid());
      }
      table.print(System.out);
    }
    return 0;
  }
}
