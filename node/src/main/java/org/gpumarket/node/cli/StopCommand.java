package org.gpumarket.node.cli;

import org.gpumarket.node.daemon.LocalApi;
import org.gpumarket.v1.CloseLeasesRequest;
import org.gpumarket.v1.LeaseView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "stop",
    description = "End a lease, or every lease of a deployment, and settle it.",
    footer = {"", "Example:", "  gpumarket stop train"})
final class StopCommand extends PrintingCommand {
  @Parameters(
      paramLabel = "LEASE",
      converter = FlagValues.Name.class,
      description = "a lease's id or its beginning, or a deployment")
  private String target = "";

  @Override
  public Integer call() throws Failure {
    try (LocalApi api = connect()) {
      var leases =
          api.stub()
              .closeLeases(CloseLeasesRequest.newBuilder().setTarget(target).build())
              .getLeasesList();
      if (json()) {
        System.out.println(Json.array(leases));
        return 0;
      }
      if (leases.isEmpty()) {
        System.out.println("Nothing of '" + target + "' is open.");
      }
      for (LeaseView lease : leases) {
        System.out.println(
            "Lease "
                + Show.id(lease.getLeaseId())
                + " is "
                + Show.state(lease)
                + " after "
                + Show.seconds(lease.getStatus().getRunMs())
                + "; owed "
                + Show.money(lease.getOwed())
                + ", vouchered "
                + Show.money(lease.getVouchered()));
      }
    }
    return 0;
  }
}
