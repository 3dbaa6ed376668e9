package org.gpumarket.node.cli;

import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.GetNodeStatusRequest;
import org.gpumarket.v1.GetNodeStatusResponse;
import picocli.CommandLine.Command;

@Command(
    name = "status",
    description = "Show how this machine's node is.",
    footer = {"", "Example:", "  gpumarket status -o json"})
final class StatusCommand extends PrintingCommand {
  @Override
  public Integer call() throws Failure {
    GetNodeStatusResponse status;
    try (LocalApi api = connect()) {
      status = api.stub().getNodeStatus(GetNodeStatusRequest.getDefaultInstance());
    }
    if (json()) {
      System.out.println(Json.of(status));
      return 0;
    }
    System.out.println("Node     " + status.getNodeId());
    System.out.println("Version  " + status.getVersion());
    System.out.println("Running  since " + Show.time(status.getStartTimeUnixMs()));
    System.out.println("Listens  " + status.getListenAddress());
    System.out.println(
        "Region   " + (status.getRegion().isEmpty() ? "not set" : status.getRegion()));
    System.out.println("GPUs     " + status.getGpusCount());
    System.out.println("Peers    " + status.getPeerCount());
    System.out.println("Offers   " + status.getOfferCount() + " known");
    System.out.println(
        "Leases   "
            + status.getProviderLeaseCount()
            + " sold, "
            + status.getConsumerLeaseCount()
            + " bought");
    System.out.println("Ledger   " + status.getLedgerSize() + " entries");
    if (!status.getRefusal().isEmpty()) {
      System.out.println("Refuses  new leases: " + Terminal.plain(status.getRefusal()));
    }
    return 0;
  }
}
