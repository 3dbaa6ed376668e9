package org.gpumarket.node.cli;

import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.LeaseRole;
import org.gpumarket.v1.LeaseView;
import org.gpumarket.v1.ListLeasesRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "ps",
    description = "List this node's leases, bought and sold.",
    footer = {"", "Examples:", "  gpumarket ps", "  gpumarket ps --all -o json"})
final class PsCommand extends PrintingCommand {
  @Option(
      names = {"-a", "--all"},
      description = "closed ones too")
  private boolean all;

  @Override
  public Integer call() throws Failure {
    try (LocalApi api = connect()) {
      var leases =
          api.stub()
              .listLeases(ListLeasesRequest.newBuilder().setIncludeClosed(all).build())
              .getLeasesList();
      if (json()) {
        System.out.println(Json.array(leases));
        return 0;
      }
      Table table =
          new Table(
              "LEASE",
              "NAME",
              "SIDE",
              "WITH",
              "GPUS",
              ">PRICE/GPU-HOUR",
              "STATE",
              ">RAN",
              ">OWED",
              ">VOUCHERED");
      for (LeaseView lease : leases) {
        table.row(
            Show.id(lease.getLeaseId()),
            lease.getName(),
            lease.getRole() == LeaseRole.LEASE_ROLE_PROVIDER ? "sold" : "bought",
            Show.id(lease.getCounterparty()),
            Show.gpus(lease.getGpuCount(), lease.getGpu(), lease.getSimulated()),
            Show.price(lease.getPrice()),
            Show.state(lease),
            ran(lease),
            owed(lease),
            Show.money(lease.getVouchered()));
      }
      table.print(System.out);
      if (leases.stream().anyMatch(PsCommand::isEstimated)) {
        System.out.println("~ is counted up to now by this node; reports and vouchers follow.");
      }
    }
    return 0;
  }

  private static boolean isEstimated(LeaseView lease) {
    return lease.getEstimatedGpuMillis() > 0;
  }

  static String ran(LeaseView lease) {
    return isEstimated(lease)
        ? "~" + Show.seconds(lease.getEstimatedGpuMillis() / lease.getGpuCount())
        : Show.seconds(lease.getStatus().getRunMs());
  }

  static String owed(LeaseView lease) {
    return isEstimated(lease)
        ? "~" + Show.money(lease.getEstimatedOwed())
        : Show.money(lease.getOwed());
  }
}
